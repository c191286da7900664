// Where a board's time comes from: the wall clock by default, or a test's own (virtualTime.ts).

import { holdSteadyClock, steadyMs } from './steadyClock.ts';
import { askForTurn, cancelTurn } from '../time/turns.ts';

/** What `setTimeout` returns. */
export type Timer = NodeJS.Timeout | number;

/** A source of time and of turns. */
export interface TimeSource {
  /** Milliseconds since some start. */
  nowMs(): number;
  setTimeout(callback: () => void, ms: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
  /** Asks for a turn soon; asking twice is asking once. */
  askForTurn(turn: () => void): void;
  /** Withdraws the request. */
  cancelTurn(turn: () => void): void;
  /** Called when a board is switched on; returns what to call when it is off. */
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
