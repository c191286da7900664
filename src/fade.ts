// Changes the brightness over time: fades, and blinks to show which lamp it is. Needs no network.
import { FULL } from './led.ts';
import type { Clock } from './board.ts';

const STEP_MS = 40;
const BLINK_S = 5;
/** Half-periods in it: two flashes a second. */
const BLINK_HALVES = 20;

/** A lamp that can fade. */
export interface Fade {
  /**
   * @param level 0-255
   * @param seconds how long it takes; 0 is at once
   */
  to(level: number, seconds: number): void;
  /** Flashes for 5 s, then shows the target level. */
  blink(): void;
}

/** @param show sets the brightness, 0-255 */
export function createFade(board: Clock, show: (level: number) => void): Fade {
  let shown = 0;
  let from = 0;
  let target = 0;
  let isBlinking = false;
  let startS = 0;
  let lengthS = 0;
  let timer = 0;

  function step(): void {
    const part = (board.getTime() - startS) / lengthS;
    const isDone = !(part >= 0 && part < 1); // also when somebody has set the clock
    if (isDone) shown = target;
    else if (isBlinking) shown = Math.floor(part * BLINK_HALVES) & 1 ? 0 : FULL;
    else shown = from + (target - from) * part;
    timer = isDone ? 0 : board.setTimeout(step, STEP_MS);
    show(shown);
  }

  function begin(level: number, seconds: number, blinks: boolean): void {
    if (timer) {
      board.clearTimeout(timer);
      if (isBlinking) shown = target;
    }
    isBlinking = blinks;
    from = shown;
    target = level;
    startS = board.getTime();
    lengthS = seconds;
    step();
  }

  return {
    to: function (level, seconds) {
      if (timer || seconds) return begin(level, seconds, false);
      shown = target = level;
      show(level);
    },
    blink: function () {
      begin(target, BLINK_S, true);
    },
  };
}
