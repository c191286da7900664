// The lamp when power returns: off, on, or as it was.
import type { Board, Bytes } from './ports.ts';

const enum Last {
  FILE = 'light.last',
  /** A hand that plays with the switch costs one flash write. */
  DELAY_MS = 5_000,
}

/** What the lamp shall do when power returns, and what it must remember for that. */
export interface PowerOn {
  /** The command that sets the lamp as it shall be. */
  command(): Bytes;
  /** The state has changed. */
  remember(state: () => Bytes): void;
}

/** @param mode `off`, `on`, or `last`: the state is kept in Storage */
export function createPowerOn(
  board: Pick<Board, 'storage' | 'setTimeout' | 'clearTimeout' | 'log'>,
  mode: 'off' | 'on' | 'last',
): PowerOn {
  let timer = 0;

  return {
    command: function () {
      return mode === 'last' ? board.storage.read(Last.FILE) || 'off' : mode;
    },
    remember: function (state) {
      if (mode !== 'last') return;
      if (timer) board.clearTimeout(timer);
      timer = board.setTimeout(function () {
        timer = 0;
        try {
          board.storage.write(Last.FILE, state()); // what is there already is not written again
        } catch (error) {
          board.log('state not kept: ' + (error as Error).message);
        }
      }, Last.DELAY_MS);
    },
  };
}
