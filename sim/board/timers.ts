// The interpreter's timer table: identifiers, due times and the order in which overdue timers fire.

/** The interpreter raises shorter intervals (and NaN) to this. */
const SHORTEST_INTERVAL_MS = 0.1;

/** The interpreter refuses longer intervals: 100 years. */
const LONGEST_INTERVAL_MS = 3_153_600_000_000;

interface Timer {
  callback: () => void;
  dueMs: number;
  intervalMs?: number;
}

/**
 * Creates a timer table as the interpreter's idle loop has it (seen on the real one): overdue timers fire in the order of their creation,
 * not of their due times; an interval that fell behind catches up in a burst; and an identifier is the last living timer's plus one, so
 * it is **used again**: clearing an identifier that has fired already can end another timer.
 */
export function createTimerTable(nowMs: () => number) {
  const timers = new Map<number, Timer>();
  let current: number | undefined;

  function add(callback: () => void, ms: number, args: unknown[], repeat: boolean): number {
    if (typeof callback !== 'function') throw new Error('Function or String not supplied!');
    if (ms > LONGEST_INTERVAL_MS) throw new Error('Interval is too long (>100 years)');
    const intervalMs = ms >= SHORTEST_INTERVAL_MS ? Number(ms) : SHORTEST_INTERVAL_MS;
    const call = args.length ? () => (callback as (...args: unknown[]) => void)(...args) : callback;
    const id = ([...timers.keys()].pop() ?? 0) + 1;
    timers.set(id, { callback: call, dueMs: nowMs() + intervalMs, ...(repeat ? { intervalMs } : {}) });
    return id;
  }

  /** `ids` are the arguments of the chip's function: none clears every timer, undefined throws. */
  function clear(kind: 'Timeout' | 'Interval', ids: unknown[]): void {
    if (ids.length === 0) return timers.clear();
    if (ids[0] === undefined) throw new Error(`clear${kind}(undefined) not allowed. Use clear${kind}() instead`);
    timers.delete(Number(ids[0]));
  }

  /** A timer leaves the table after its callback, which may have removed it, or replaced it, itself. */
  function finish(id: number, timer: Timer): void {
    if (timers.get(id) !== timer) return;
    if (timer.intervalMs === undefined) timers.delete(id);
    else timer.dueMs += timer.intervalMs;
  }

  /** Runs each timer that is due once, through `run`, until one of them holds the interpreter; returns whether any ran. */
  function runDue(run: (callback: () => void) => void, isHeld = (): boolean => false): boolean {
    const now = nowMs();
    const ready = [...timers].filter(([, timer]) => timer.dueMs <= now);
    for (const [id, timer] of ready) {
      if (isHeld()) break;
      if (timers.get(id) !== timer) continue;
      current = id;
      try {
        run(timer.callback);
      } finally {
        current = undefined;
        finish(id, timer);
      }
    }
    return ready.length > 0;
  }

  function nextDueMs(): number | undefined {
    let earliest: number | undefined;
    for (const timer of timers.values()) earliest = Math.min(earliest ?? timer.dueMs, timer.dueMs);
    return earliest;
  }

  return {
    setTimeout: (callback: () => void, ms: number, ...args: unknown[]): number => add(callback, ms, args, false),
    setInterval: (callback: () => void, ms: number, ...args: unknown[]): number => add(callback, ms, args, true),
    ...{ clear, runDue, nextDueMs },
    pending: (): number => timers.size,
    /** Forgets the timer whose callback runs, an interval too. */
    dropCurrent: (): void => void (current !== undefined && timers.delete(current)),
    /** Makes every timer due that much earlier: the clock has jumped forward. */
    shift(ms: number): void {
      for (const timer of timers.values()) timer.dueMs -= ms;
    },
    reset: (): void => timers.clear(),
  };
}

/** The interpreter's timers. */
export type TimerTable = ReturnType<typeof createTimerTable>;
