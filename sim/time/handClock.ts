// The interpreter's clock, moved by hand: unit tests give it to the firmware instead of a chip's.

import { createTimerTable } from '../board/timers.ts';

/**
 * Creates a clock that stands still until a test moves it, at second 0 (1 January 1970, as on a chip whose clock was never set).
 * `advance` throws what a callback throws, so that a test sees it.
 */
export function createHandClock() {
  let timeMs = 0;
  const timers = createTimerTable(() => timeMs);

  /** Moves time forward by `ms` milliseconds, firing each timer at its own time, the earliest first. */
  function advance(ms: number): void {
    const untilMs = timeMs + ms;
    for (let dueMs = timers.nextDueMs(); dueMs !== undefined && dueMs <= untilMs; dueMs = timers.nextDueMs()) {
      timeMs = Math.max(timeMs, dueMs);
      timers.runDue((callback) => callback());
    }
    timeMs = Math.max(timeMs, untilMs);
  }

  return {
    ...{ advance, setTimeout: timers.setTimeout, setInterval: timers.setInterval, pending: timers.pending },
    /** Throws when `id` is undefined, as on the chip; so does `clearInterval`. */
    clearTimeout: (...ids: [number]): void => timers.clear('Timeout', ids),
    clearInterval: (...ids: [number]): void => timers.clear('Interval', ids),
    getTime: (): number => timeMs / 1000,
    nowMs: (): number => timeMs,
    /** Lets `ms` milliseconds pass with nothing able to run, as a blocking call does; what fell due fires at the next advance. */
    block: (ms: number): void => void (timeMs += ms),
    /** Milliseconds until the next timer, or undefined when none waits; negative when it is overdue. */
    nextInMs(): number | undefined {
      const dueMs = timers.nextDueMs();
      return dueMs === undefined ? undefined : dueMs - timeMs;
    },
  };
}
