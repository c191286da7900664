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

/** A table of timers over a time source. */
export interface TimerTable {
  setTimeout(callback: () => void, ms: number, ...args: unknown[]): number;
  setInterval(callback: () => void, ms: number, ...args: unknown[]): number;
  /** `ids` are the arguments of the chip's function: none clears every timer, undefined throws. */
  clear(kind: 'Timeout' | 'Interval', ids: unknown[]): void;
  /** Throws for an identifier that is not in the table. */
  changeInterval(id: number, ms: number): void;
  /** Runs each timer that is due once, through `run`, until one of them holds the interpreter; returns whether any ran. */
  runDue(run: (callback: () => void) => void, isHeld?: () => boolean): boolean;
  /** When the earliest timer is due, or undefined. */
  nextDueMs(): number | undefined;
  pending(): number;
  /** Forgets the timer whose callback runs, an interval too. */
  dropCurrent(): void;
  /** The clock has jumped forward, and every timer is due that much earlier. */
  shift(ms: number): void;
  /** Forgets every timer. */
  reset(): void;
}

/**
 * Creates a timer table as the interpreter's idle loop has it (seen on the real one): overdue timers fire in the order of their creation,
 * not of their due times; an interval that fell behind catches up in a burst; and an identifier is the last living timer's plus one, so
 * it is **used again**: clearing an identifier that has fired already can kill somebody else's timer.
 */
export function createTimerTable(nowMs: () => number): TimerTable {
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

  function changeInterval(id: number, ms: number): void {
    const timer = timers.get(id);
    if (!timer) throw new Error('Unknown Interval');
    timer.intervalMs = Math.max(ms, SHORTEST_INTERVAL_MS);
    timer.dueMs = nowMs() + timer.intervalMs;
  }

  return {
    setTimeout: (callback, ms, ...args) => add(callback, ms, args, false),
    setInterval: (callback, ms, ...args) => add(callback, ms, args, true),
    clear,
    changeInterval,
    runDue,
    nextDueMs: () => {
      let earliest: number | undefined;
      for (const timer of timers.values()) earliest = Math.min(earliest ?? timer.dueMs, timer.dueMs);
      return earliest;
    },
    pending: () => timers.size,
    dropCurrent() {
      if (current !== undefined) timers.delete(current);
    },
    shift(ms) {
      for (const timer of timers.values()) timer.dueMs -= ms;
    },
    reset: () => timers.clear(),
  };
}
