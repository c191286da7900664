// Counts events until somebody asks for the count.

/** Longer than a working light ever takes. */
const LIMIT_MS = 20_000;

/** Events since the last count. */
export interface Count {
  /** At least 1. */
  count: number;
  /** `performance.now()` of the latest event. */
  atMs: number;
}

/** Creates a counter of events. @param what names an event in errors */
export function createCounter(what: string) {
  let events: Count = { count: 0, atMs: 0 };
  let notify = (): void => {};

  function reset(): Count {
    const counted = events;
    events = { count: 0, atMs: 0 };
    return counted;
  }

  return {
    add(): void {
      events = { count: events.count + 1, atMs: performance.now() };
      notify();
    },
    /** Forgets the events so far. */
    clear: (): void => void reset(),
    /**
     * Waits for an event; counts it and all others since the last count, and starts again at 0.
     * @throws Error when none comes in time
     */
    next(): Promise<Count> {
      if (events.count > 0) return Promise.resolve(reset());
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no ${what} within ${LIMIT_MS / 1000} s`)), LIMIT_MS);
        notify = () => {
          notify = () => {};
          clearTimeout(timer);
          resolve(reset());
        };
      });
    },
  };
}
