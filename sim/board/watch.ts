// Watches on pins, with the interpreter's debouncing: a change counts when the pin has been still for the debounce time.

/** The third argument of `setWatch`. */
export interface WatchOptions {
  repeat?: boolean;
  edge?: number | string;
  /** Milliseconds; 25 by default on a pin that the board names as a button. */
  debounce?: number;
}

/** The argument of a watch's callback. */
export interface WatchEvent {
  state: boolean;
  /** Seconds. */
  time: number;
  lastTime: number | undefined;
  pin: string;
}

/** BTN1 = D0: `setWatch` presets rising edge and 25 ms for a button. */
const BUTTON_PIN = 0;
const BUTTON_DEBOUNCE_MS = 25;

const EDGES: Record<string, number> = { rising: 1, falling: -1, both: 0 };

interface Watch {
  pin: number;
  callback: (event: WatchEvent) => void;
  repeat: boolean;
  edge: number;
  debounceMs: number;
  state: boolean;
  lastTime?: number;
  settling?: { dueMs: number; state: boolean };
}

interface LevelChange {
  pin: number;
  state: boolean;
  timeMs: number;
}

/** The edge as the interpreter's number: 1 rising, -1 falling, 0 both; throws for anything else. */
function edgeOf(edge: unknown, preset: number): number {
  if (edge === undefined) return preset;
  if (typeof edge === 'number') return Math.sign(edge);
  const known = EDGES[String(edge)];
  if (known === undefined) throw new TypeError("'edge' in setWatch should be 1, -1, 0, 'rising', 'falling' or 'both'");
  return known;
}

/** Creates the watches of one chip over its pins. */
export function createWatches({
  nowMs,
  worldMs,
  read,
}: {
  nowMs(): number;
  worldMs(): number;
  read(pin: number): boolean;
}) {
  const watches = new Map<number, Watch>();
  const changes: LevelChange[] = [];

  function set(callback: (event: WatchEvent) => void, pin: number, options: WatchOptions | boolean = {}): number {
    if (typeof callback !== 'function') throw new Error('Function or String not supplied!');
    const { repeat = false, edge, debounce } = typeof options === 'boolean' ? { repeat: options } : options;
    const isButton = pin === BUTTON_PIN;
    const debounceMs = Math.max(0, debounce ?? (isButton ? BUTTON_DEBOUNCE_MS : 0)) || 0;
    const id = ([...watches.keys()].pop() ?? 0) + 1;
    watches.set(id, { pin, callback, repeat, edge: edgeOf(edge, isButton ? 1 : 0), debounceMs, state: read(pin) });
    return id;
  }

  function clear(ids: unknown[]): void {
    if (ids.length === 0) return watches.clear();
    if (ids[0] === undefined) throw new Error('clearWatch(undefined) not allowed. Use clearWatch() instead');
    watches.delete(Number(ids[0]));
  }

  /** Calls back if the edge is the watched one; the time of the edge is remembered either way. */
  function fire(id: number, change: { state: boolean; timeMs: number }, run: (callback: () => void) => void): void {
    const watch = watches.get(id) as Watch;
    const { lastTime, callback } = watch;
    watch.state = change.state;
    watch.lastTime = change.timeMs / 1000;
    if (watch.edge !== 0 && change.state !== watch.edge > 0) return;
    const event = { state: change.state, time: change.timeMs / 1000, lastTime, pin: `D${watch.pin}` };
    if (!watch.repeat) watches.delete(id);
    run(() => callback(event));
  }

  function handle(change: LevelChange, run: (callback: () => void) => void): void {
    for (const [id, watch] of [...watches]) {
      if (watch.pin !== change.pin) continue;
      if (watch.debounceMs === 0) {
        fire(id, change, run);
      } else if (watch.settling) {
        settleLate(id, watch, change, run);
      } else if (change.state !== watch.state) {
        watch.settling = { dueMs: change.timeMs + watch.debounceMs, state: change.state };
      }
    }
  }

  /** A further change while settling starts the wait anew; one that came after the wait was over reports the missed edge. */
  function settleLate(id: number, watch: Watch, change: LevelChange, run: (callback: () => void) => void): void {
    const missed = (watch.settling as { dueMs: number }).dueMs;
    const late = change.timeMs > missed && change.state !== watch.state;
    delete watch.settling;
    if (late) fire(id, { state: change.state, timeMs: missed - watch.debounceMs }, run);
    else watch.settling = { dueMs: change.timeMs + watch.debounceMs, state: change.state };
  }

  function settle(run: (callback: () => void) => void): void {
    for (const [id, watch] of [...watches]) {
      const settled = watch.settling;
      if (!settled || settled.dueMs > nowMs()) continue;
      delete watch.settling;
      if (settled.state !== watch.state)
        fire(id, { state: settled.state, timeMs: settled.dueMs - watch.debounceMs }, run);
    }
  }

  return {
    set,
    clear,
    /** Records a new level of a pin for the next idle turn, like an interrupt's event. */
    changed: (pin: number, state: boolean): void => void changes.push({ pin, state, timeMs: worldMs() }),
    /** Handles the recorded levels and the debounce times that are over; gives when the next one is over, in milliseconds. */
    idle(run: (callback: () => void) => void): number | undefined {
      for (const change of changes.splice(0)) handle(change, run);
      settle(run);
      const due = [...watches.values()].flatMap((watch) => (watch.settling ? [watch.settling.dueMs] : []));
      return due.length ? Math.min(...due) : undefined;
    },
    reset(): void {
      watches.clear();
      changes.length = 0;
    },
  };
}
