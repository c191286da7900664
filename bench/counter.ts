// Counts what happens, for someone who comes and asks for it.

/** Longer than a light that works ever takes, in milliseconds. */
const PATIENCE_MS = 20_000;

/** What has happened since the last question. */
export interface Happened {
  /** At least 1. */
  count: number;
  /** `performance.now()` of the latest. */
  atMs: number;
}

/** Creates a counter; `what` names in errors what it counts. */
export function createCounter(what: string) {
  let happened: Happened = { count: 0, atMs: 0 };
  let notify = (): void => {};

  function take(): Happened {
    const taken = happened;
    happened = { count: 0, atMs: 0 };
    return taken;
  }

  return {
    add(): void {
      happened = { count: happened.count + 1, atMs: performance.now() };
      notify();
    },
    /** Forgets what nobody has asked for. */
    clear: (): void => void take(),
    /** Waits until there is something, and takes it. */
    next(): Promise<Happened> {
      if (happened.count > 0) return Promise.resolve(take());
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`no ${what} within ${PATIENCE_MS / 1000} s`)), PATIENCE_MS);
        notify = () => {
          notify = () => {};
          clearTimeout(timer);
          resolve(take());
        };
      });
    },
  };
}
