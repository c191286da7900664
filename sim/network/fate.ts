// What becomes of one connection: how many bytes pass each way, how long it lives, and how it ends; in memory and over real TCP alike.

import type { Socket } from 'node:net';
import { resetSocket } from './reset.mjs';
import type { ConnectFailure, TcpLink } from './tcp.ts';
import type { TimeSource, Timer } from '../time/timeSource.ts';

/** One piece takes this long from end to end. */
const HOP_MS = 5;

/** Seen from the light. */
export type Way = 'up' | 'down';

/** What is in store for one connection; `Infinity` for never. */
export interface Fate {
  /** Bytes that pass from the light to the broker; what comes after them is lost, and that direction dead. */
  up: number;
  /** The same from the broker to the light. */
  down: number;
  /** Both directions are dead after so many milliseconds. */
  lifeMs: number;
  /** With the first dead direction the whole connection ends, and both sides are told; with silence nobody is told, and the other direction lives on. */
  ending: 'fin' | 'rst' | 'silence';
  /** The largest piece that reaches the light at once. */
  split: number;
}

/** A connection that is left in peace. */
export const PEACE: Fate = { up: Infinity, down: Infinity, lifeMs: Infinity, ending: 'fin', split: Infinity };

/** As near to a refusal as an accepted connection comes. */
const REFUSED: Fate = { ...PEACE, up: 0, lifeMs: 1, ending: 'rst' };

/** Bytes that arrive, or the end of the stream. */
type Cargo = { bytes: string } | { end: 'fin' | 'rst' };

/** The broker's end of a connection. */
export interface Stream {
  write(bytes: string): void;
  end(): void;
}

/** Takes a connection; gives who hears of it. */
export type Accept = (stream: Stream) => { receive(bytes: string): void; closed(): void };

type LineTime = Pick<TimeSource, 'nowMs' | 'setTimeout' | 'clearTimeout'>;

/** Creates the line of one connection. `arrive` is told what reaches either end. */
function createLine(time: LineTime, fate: Fate, arrive: (way: Way, cargo: Cargo) => void) {
  let { up, down, ending, split, lifeMs } = fate;
  const left = { up, down };
  let state: 'calm' | 'doomed' | 'over' = 'calm';
  let life: Timer | undefined;

  function send(way: Way, cargo: Cargo): void {
    time.setTimeout(() => arrive(way, cargo), HOP_MS);
  }

  function die(...ways: Way[]): void {
    for (const way of ways) left[way] = -1;
    if (state === 'over' || ending === 'silence') return;
    over();
    send('up', { end: ending });
    send('down', { end: ending });
  }

  function over(): void {
    state = 'over';
    left.up = left.down = -1;
    time.clearTimeout(life);
  }

  function doom(next: Fate): void {
    if (next === PEACE || state === 'over') return;
    state = 'doomed';
    ({ up, down, ending, split, lifeMs } = next);
    Object.assign(left, { up, down });
    life = time.setTimeout(() => die('up', 'down'), lifeMs);
  }

  doom(fate);
  return {
    doom,
    push(way: Way, bytes: string): void {
      const passing = bytes.slice(0, Math.max(0, left[way]));
      const size = way === 'down' ? split : Infinity;
      for (let at = 0; at < passing.length; at += size) send(way, { bytes: passing.slice(at, at + size) });
      if (left[way] < 0) return;
      if (bytes.length > left[way]) die(way);
      else left[way] -= bytes.length;
    },
    /** One end closes; the other hears of it unless that direction is dead. */
    close(way: Way): void {
      if (left[way] >= 0) send(way, { end: 'fin' });
      left[way] = -1;
    },
    /** The light has let go of it. */
    over,
    isCalm: (): boolean => state === 'calm',
    /** Something is still in store for it. */
    isDoomed: (): boolean => state === 'doomed' && (left.up >= 0 || left.down >= 0),
  };
}

/**
 * Creates the network between one light and a broker: in memory by `connectTcp`, or over real sockets by `onSocket`.
 * @param otherwise the fate of a connection that has none of its own
 */
export function createNetwork(time: LineTime, accept: Accept, otherwise: Fate | ConnectFailure = PEACE) {
  /** For the connections to come. */
  const fates: (Fate | ConnectFailure)[] = [];
  /** When the light made each attempt, and since when it had been without a connection. */
  const attempts: { atMs: number; freeMs: number }[] = [];
  let freeMs = 0;
  let line: ReturnType<typeof createLine> | undefined;

  function nextFate(): Fate | ConnectFailure {
    attempts.push({ atMs: time.nowMs(), freeMs });
    freeMs = time.nowMs();
    return fates.shift() ?? otherwise;
  }

  /** @param deliver takes what reaches the light */
  function open(fate: Fate, deliver: (cargo: Cargo) => void) {
    const mine = createLine(time, fate, (way, cargo) => {
      if (way === 'down') deliver(cargo);
      else if ('bytes' in cargo) peer.receive(cargo.bytes);
      else peer.closed();
    });
    const peer = accept({ write: (bytes) => mine.push('down', bytes), end: () => mine.close('down') });
    line = mine;
    return {
      push: (bytes: string): void => mine.push('up', bytes),
      leave(isTold = true): void {
        if (isTold) mine.close('up');
        mine.over();
        freeMs = time.nowMs();
      },
    };
  }

  function connectTcp(): TcpLink | ConnectFailure {
    const fate = nextFate();
    if (typeof fate === 'string') return fate;
    let received = '';
    let ended: 'no' | 'fin' | 'rst' = 'no';
    const { push, leave } = open(fate, (cargo) => {
      if ('bytes' in cargo) received += cargo.bytes;
      else if (ended !== 'rst') ended = cargo.end;
      link.onActivity();
    });
    const link: TcpLink = {
      onActivity: () => {},
      send(bytes) {
        if (ended === 'rst') return -1;
        push(bytes);
        return bytes.length;
      },
      receive(limit) {
        if (received === '') return ended === 'no' ? '' : undefined;
        const bytes = received.slice(0, limit);
        received = received.slice(limit);
        return bytes;
      },
      ...{ end: leave, reset: leave, abandon: () => leave(false), awaken: () => {}, destroy: () => {} },
    };
    return link;
  }

  /** A real light has connected. */
  function onSocket(socket: Socket): void {
    const fate = nextFate();
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    const { push, leave } = open(typeof fate === 'string' ? REFUSED : fate, (cargo) => {
      if ('bytes' in cargo) socket.write(cargo.bytes, 'latin1');
      else if (cargo.end === 'fin') socket.end();
      else resetSocket(socket);
    });
    socket.on('data', (bytes) => push(bytes.toString('latin1')));
    socket.on('close', () => leave());
  }

  return {
    connectTcp,
    onSocket,
    attempts,
    /** The light could not try before. */
    isFree: (): void => void (freeMs = time.nowMs()),
    /** What is to come: the first fate is for the connection there is. */
    doom([now, ...later]: (Fate | ConnectFailure)[]): void {
      if (typeof now === 'object') line?.doom(now);
      fates.push(...later);
    },
    /** Nothing is in store any more. */
    isAtPeace: (): boolean => fates.length === 0 && !line?.isDoomed(),
    /** Every fate is fulfilled, and the light has a whole connection. */
    isCalm: (): boolean => fates.length === 0 && line !== undefined && line.isCalm(),
  };
}

/** A network. */
export type Network = ReturnType<typeof createNetwork>;
