// Waits for something that a board does: a line on its console, a level on a pin, a state.

/** How long a wait lasts before it counts as failed, in wall milliseconds. */
const DEFAULT_LIMIT_MS = 10_000;

/** How often a condition is checked while the board does nothing: it may be about something else. */
const POLL_MS = 10;

/** What to wait for: a line that matches, or a condition that holds. */
export type Awaited = RegExp | string | (() => boolean);

interface Waiter {
  isDone(): boolean;
  done(): void;
}

/** Creates the waits of one board over its console lines. */
export function createWaiting(name: string, lines: string[]) {
  const waiters = new Set<Waiter>();
  let nextLine = 0;

  /** Finds the first matching line behind the one that the last wait ended with. */
  function find(what: RegExp | string): boolean {
    const index = lines.findIndex(
      (line, at) => at >= nextLine && (typeof what === 'string' ? line.includes(what) : what.test(line)),
    );
    if (index < 0) return false;
    nextLine = index + 1;
    return true;
  }

  function failure(what: Awaited, limitMs: number): Error {
    const shown = lines
      .slice(-40)
      .map((line, at, last) => `  ${lines.length - last.length + at < nextLine ? ' ' : '>'} ${line}`);
    return new Error(
      `${name}: waited ${limitMs} ms for ${String(what)} in vain; its console (> not yet matched):\n${shown.join('\n')}`,
    );
  }

  return {
    /**
     * Waits for a line of the console behind the one the last wait ended with, or for a condition.
     * Rejects with the console when `limitMs` of wall time are over.
     */
    waitFor(what: Awaited, limitMs: number = DEFAULT_LIMIT_MS): Promise<void> {
      const isDone = typeof what === 'function' ? what : () => find(what);
      if (isDone()) return Promise.resolve();
      return new Promise((resolve, reject) => {
        const waiter = {
          isDone,
          done() {
            clearTimeout(timer);
            clearInterval(poll);
            waiters.delete(waiter);
            resolve();
          },
        };
        const poll = typeof what === 'function' ? setInterval(() => isDone() && waiter.done(), POLL_MS) : undefined;
        const timer = setTimeout(() => {
          clearInterval(poll);
          waiters.delete(waiter);
          reject(failure(what, limitMs));
        }, limitMs);
        waiters.add(waiter);
      });
    },
    /** Ends the waits that are over. */
    check(): void {
      for (const waiter of [...waiters]) if (waiter.isDone()) waiter.done();
    },
  };
}
