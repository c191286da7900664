// The time that a board lives in: the wall's by default, a test's own where no wall time is to pass (virtualTime.ts).

import { holdSteadyClock, steadyMs } from './steadyClock.ts';
import { askForTurn, cancelTurn } from '../time/turns.ts';

/** What `setTimeout` gives. */
export type Timer = NodeJS.Timeout | number;

/** A source of time and of turns. */
export interface TimeSource {
  /** Milliseconds since some start. */
  nowMs(): number;
  setTimeout(callback: () => void, ms: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
  /** Asks for a turn soon; asking twice is asking once. */
  askForTurn(turn: () => void): void;
  /** Takes the request back. */
  cancelTurn(turn: () => void): void;
  /** Called while a board is on; gives what lets go. */
  hold(): () => void;
}

/** The wall's time, without this process's own overload. */
export const wallTime: TimeSource = {
  nowMs: steadyMs,
  setTimeout: (callback, ms) => setTimeout(callback, ms),
  clearTimeout: (timer) => clearTimeout(timer),
  askForTurn,
  cancelTurn,
  hold: holdSteadyClock,
};
