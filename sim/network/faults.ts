// The faults of a line: it splits, gathers, holds and loses bytes, and resets connections; for a board's own sockets and for the proxy.

import { wallTime, type TimeSource, type Timer } from '../time/timeSource.ts';

/** Seen from the board. */
export type Direction = 'toBoard' | 'fromBoard';

/** How bytes travel in one direction. */
interface LineSettings {
  /** The largest piece that arrives at once; 1 splits every byte. */
  chunkBytes?: number | undefined;
  /** Pieces wait this long, so that several arrive as one. */
  gatherMs?: number | undefined;
}

/** What travels: bytes, and the end of the stream behind the last of them. */
export type Cargo = string | typeof END_OF_STREAM;

/** The peer's FIN or RST. */
export const END_OF_STREAM = Symbol('end of stream');

/** One direction of one connection. */
export interface Pipe {
  push(cargo: Cargo): void;
  /** Whether bytes were lost on it: nothing arrives on it any more. */
  isDead(): boolean;
  close(): void;
}

/** The faults of one line, shared by all connections over it. */
export interface Faults {
  /** Chip milliseconds that each connect takes which succeeds, and for which it blocks; may be changed. */
  connectMs: number;
  /** Changes how bytes travel from now on; without a direction, in both. */
  set(settings: LineSettings, direction?: Direction): void;
  /**
   * Loses everything: each connection that exists, or is made before `heal`, is half-open for ever in that direction, because TCP cannot
   * skip lost bytes. Neither side notices.
   */
  drop(direction?: Direction): void;
  /** Holds everything, the end of the stream too, until `heal`. */
  stall(direction?: Direction): void;
  /** Lets new bytes and held ones travel normally; dead connections stay dead. */
  heal(): void;
  /** Opens one direction of a connection. */
  pipe(direction: Direction, deliver: (cargo: Cargo) => void): Pipe;
  /** Resets every connection. */
  reset(): void;
  /** Registers what `reset` does to a connection; returns what ends that. */
  onReset(listener: () => void): () => void;
}

interface PipeState {
  direction: Direction;
  dead: boolean;
  flush(): void;
}

/** Cuts bytes into pieces; the end of the stream is one piece. */
function pieces(cargo: Cargo, chunkBytes: number | undefined): Cargo[] {
  if (typeof cargo !== 'string' || !chunkBytes || cargo.length <= chunkBytes) return [cargo];
  const cut: Cargo[] = [];
  for (let at = 0; at < cargo.length; at += chunkBytes) cut.push(cargo.slice(at, at + chunkBytes));
  return cut;
}

/** Joins neighbouring bytes. */
function joined(cargo: Cargo[]): Cargo[] {
  const whole: Cargo[] = [];
  for (const item of cargo) {
    const last = whole.at(-1);
    if (typeof item === 'string' && typeof last === 'string') whole[whole.length - 1] = last + item;
    else whole.push(item);
  }
  return whole;
}

/**
 * Creates a line without faults.
 * @param speed chip milliseconds per wall millisecond, for the times in the settings
 */
export function createFaults({ speed = 1, time = wallTime }: { speed?: number; time?: TimeSource } = {}): Faults {
  const { setTimeout, clearTimeout } = time;
  const settings: Record<Direction, LineSettings> = { toBoard: {}, fromBoard: {} };
  const modes: Record<Direction, 'pass' | 'stall' | 'drop'> = { toBoard: 'pass', fromBoard: 'pass' };
  const pipes = new Set<PipeState>();
  const resetListeners = new Set<() => void>();
  const directionsOf = (direction: Direction | undefined): Direction[] =>
    direction ? [direction] : ['toBoard', 'fromBoard'];

  function pipe(direction: Direction, deliver: (cargo: Cargo) => void): Pipe {
    let waiting: Cargo[] = [];
    let timer: Timer | undefined;
    let open = true;

    /** Delivers the waiting cargo: one split piece per turn of the event loop, so that none is merged on the way. */
    function flush(): void {
      clearTimeout(timer);
      timer = undefined;
      if (!open || state.dead || modes[direction] !== 'pass') return;
      const { chunkBytes } = settings[direction];
      const cut = joined(waiting).flatMap((cargo) => pieces(cargo, chunkBytes));
      waiting = [];
      const [first, ...rest] = cut;
      if (first === undefined) return;
      deliver(first);
      waiting = rest.concat(waiting);
      if (rest.length) timer = setTimeout(flush, 0);
    }

    function push(cargo: Cargo): void {
      if (!open || state.dead) return;
      waiting.push(cargo);
      const waitMs = (settings[direction].gatherMs ?? 0) / speed;
      if (waitMs > 0) timer ??= setTimeout(flush, waitMs);
      else if (timer === undefined) flush();
    }

    const state: PipeState = { direction, dead: modes[direction] === 'drop', flush };
    pipes.add(state);
    return {
      push,
      isDead: () => state.dead,
      close() {
        open = false;
        clearTimeout(timer);
        pipes.delete(state);
      },
    };
  }

  return {
    connectMs: 0,
    set: (next, direction) => directionsOf(direction).forEach((way) => (settings[way] = { ...settings[way], ...next })),
    drop(direction) {
      for (const way of directionsOf(direction)) modes[way] = 'drop';
      for (const state of pipes) state.dead ||= modes[state.direction] === 'drop';
    },
    stall: (direction) => directionsOf(direction).forEach((way) => (modes[way] = 'stall')),
    heal() {
      modes.toBoard = modes.fromBoard = 'pass';
      for (const state of [...pipes]) state.flush();
    },
    pipe,
    reset: () => [...resetListeners].forEach((listener) => listener()),
    onReset(listener) {
      resetListeners.add(listener);
      return () => resetListeners.delete(listener);
    },
  };
}
