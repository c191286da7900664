// Where a board's time comes from: the wall clock by default, or a test's own (virtualTime.ts).

import { holdSteadyClock, steadyMs } from './steadyClock.ts';
import { askForTurn, cancelTurn } from '../time/turns.ts';

/** What `setTimeout` returns. */
export type Timer = object | number;

interface WallTimer {
  timeout?: NodeJS.Timeout;
}

/** A source of time and of turns. */
export interface TimeSource {
  /** Milliseconds since some start. */
  nowMs(): number;
  /** Calls back when `nowMs` has grown by `ms`, never earlier. */
  setTimeout(callback: () => void, ms: number): Timer;
  clearTimeout(timer: Timer | undefined): void;
  /** Asks for a turn soon; asking twice is asking once. */
  askForTurn(turn: () => void): void;
  /** Withdraws the request. */
  cancelTurn(turn: () => void): void;
  /** Called when a board is switched on; returns what to call when it is off. */
  hold(): () => void;
}

/** Node's timers look at another clock: one that is early here waits for the rest. */
function setWallTimeout(callback: () => void, ms: number): WallTimer {
  const dueMs = steadyMs() + ms;
  const timer: WallTimer = {};
  const wait = (leftMs: number): void => void (timer.timeout = setTimeout(check, leftMs));
  function check(): void {
    const leftMs = dueMs - steadyMs();
    if (leftMs > 0) wait(leftMs);
    else callback();
  }
  wait(ms);
  return timer;
}

/** The wall's time, without this process's own overload. */
export const wallTime: TimeSource = {
  nowMs: steadyMs,
  setTimeout: setWallTimeout,
  clearTimeout: (timer) => clearTimeout((timer as WallTimer | undefined)?.timeout),
  askForTurn,
  cancelTurn,
  hold: holdSteadyClock,
};
