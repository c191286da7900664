// The interpreter's clock, moved by hand: unit tests give it to the firmware instead of a chip's.

import type { Clock } from '../../src/board.ts';
import { createTimerTable } from '../board/timers.ts';

/** A clock that stands still until a test moves it. */
interface HandClock extends Clock {
  /** Calls back every `ms` milliseconds until cleared. */
  setInterval(callback: () => void, ms: number): number;
  /** Throws when `id` is undefined, as on the chip. */
  clearInterval(id: number): void;
  /** Moves time forward by `ms` milliseconds, firing each timer at its own time, the earliest first. */
  advance(ms: number): void;
  /** Lets `ms` milliseconds pass with nothing able to run, as a blocking call does; what fell due fires at the next advance. */
  block(ms: number): void;
  /** How many timers are waiting. */
  pending(): number;
  /** Milliseconds until the next timer, or undefined when none waits; negative when it is overdue. */
  nextInMs(): number | undefined;
  /** Milliseconds since the start. */
  nowMs(): number;
}

/**
 * Creates a clock that starts at second 0 (1 January 1970, as a chip that was never told the time).
 * `advance` throws what a callback throws, so that a test sees it.
 */
export function createHandClock(): HandClock {
  let timeMs = 0;
  const timers = createTimerTable(() => timeMs);

  function advance(ms: number): void {
    const untilMs = timeMs + ms;
    for (let dueMs = timers.nextDueMs(); dueMs !== undefined && dueMs <= untilMs; dueMs = timers.nextDueMs()) {
      timeMs = Math.max(timeMs, dueMs);
      timers.runDue((callback) => callback());
    }
    timeMs = Math.max(timeMs, untilMs);
  }

  return {
    setTimeout: timers.setTimeout,
    clearTimeout: (...ids: [number]) => timers.clear('Timeout', ids),
    setInterval: timers.setInterval,
    clearInterval: (...ids: [number]) => timers.clear('Interval', ids),
    getTime: () => timeMs / 1000,
    advance,
    block: (ms) => {
      timeMs += ms;
    },
    pending: timers.pending,
    nextInMs: () => {
      const dueMs = timers.nextDueMs();
      return dueMs === undefined ? undefined : dueMs - timeMs;
    },
    nowMs: () => timeMs,
  };
}
