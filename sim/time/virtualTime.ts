// A time source that a test moves: timers and turns run in order, without waiting, and the same way each time.

import type { TimeSource } from './timeSource.ts';

/** More turns than this without a timer between them are an endless loop. */
const MOST_TURNS = 1_000_000;

/** Time that stands still until a test moves it. */
interface VirtualTime extends TimeSource {
  /** Lets `ms` milliseconds pass; throws what a callback throws. */
  advance(ms: number): void;
}

/** Creates a time that starts at 0. Like Node's, its timers take whole milliseconds, at least one; a turn takes none. */
export function createVirtualTime(): VirtualTime {
  const timers = new Map<number, { dueMs: number; callback: () => void }>();
  const turns = new Set<() => void>();
  let timeMs = 0;
  let lastId = 0;

  function runTurns(): void {
    let left = MOST_TURNS;
    for (const turn of turns) {
      if ((left -= 1) < 0) throw new Error(`the board takes turns without end at ${timeMs} ms`);
      turns.delete(turn); // whoever asks again during its turn comes last
      turn();
    }
  }

  /** The timer that is due next; of several, the oldest. */
  function nextTimer(): number | undefined {
    let next: number | undefined;
    let nextDueMs = Infinity;
    for (const [id, { dueMs }] of timers) if (dueMs < nextDueMs) [next, nextDueMs] = [id, dueMs];
    return next;
  }

  function advance(ms: number): void {
    const untilMs = timeMs + Math.ceil(ms);
    runTurns();
    for (let id = nextTimer(); id !== undefined; id = nextTimer()) {
      const { dueMs, callback } = timers.get(id)!;
      if (dueMs > untilMs) break;
      timeMs = dueMs;
      timers.delete(id);
      callback();
      runTurns();
    }
    timeMs = untilMs;
  }

  return {
    nowMs: () => timeMs,
    setTimeout(callback, ms) {
      timers.set((lastId += 1), { dueMs: timeMs + Math.max(1, Math.ceil(ms)), callback });
      return lastId;
    },
    clearTimeout: (timer) => void timers.delete(timer as number),
    askForTurn: (turn) => void turns.add(turn),
    cancelTurn: (turn) => void turns.delete(turn),
    hold: () => () => {},
    advance,
  };
}
