// A push button to ground: reports a press at once, and a long press after 10 s. Works without Wi-Fi and broker.
import type { Board, OutputPin } from './board.ts';

const DEBOUNCE_MS = 50;
const LONG_PRESS_MS = 10_000;

/** Button callbacks. */
export interface ButtonListener {
  /** Called when the button goes down. */
  onPress(): void;
  /** Called when it has been held for 10 s. */
  onLongPress(): void;
}

/** Starts to watch a button. */
export function createButton(
  board: Pick<Board, 'pinMode' | 'setWatch' | 'setTimeout' | 'clearTimeout'>,
  pin: OutputPin,
  listener: ButtonListener,
): void {
  let timer = 0;
  board.pinMode(pin, 'input_pullup');
  board.setWatch(
    function (event) {
      if (timer) board.clearTimeout(timer);
      timer = 0;
      if (event.state) return; // released
      timer = board.setTimeout(function () {
        timer = 0; // the chip gives the identifier to the next timer, which a release must not clear
        if (!pin.read()) listener.onLongPress(); // let go meanwhile, while a connect blocked the chip
      }, LONG_PRESS_MS);
      listener.onPress();
    },
    pin,
    { repeat: true, edge: 'both', debounce: DEBOUNCE_MS },
  );
}
