// A network that ends connections as planned: after how many bytes each way, after what time, and how; in memory or over real TCP.

import type { Socket } from 'node:net';
import { resetSocket } from './reset.mjs';
import type { ConnectFailure, TcpLink } from './tcp.ts';
import type { TimeSource, Timer } from '../time/timeSource.ts';

/** One piece takes this long from end to end. */
const HOP_MS = 5;

/** Seen from the light. */
type Way = 'up' | 'down';

/** What is planned for one connection; `Infinity` for never. */
export interface Fate {
  /** Bytes that pass from the light to the broker; what comes after them is lost, and that direction dead. */
  up: number;
  /** The same from the broker to the light. */
  down: number;
  /** Both directions are dead after so many milliseconds. */
  lifeMs: number;
  /** When a direction dies: both sides get FIN or RST and the connection is over, or, with silence, nothing, and the other direction lives on. */
  ending: 'fin' | 'rst' | 'silence';
  /** The largest piece that reaches the light at once. */
  split: number;
}

/** A connection without faults. */
export const NO_FAULTS: Fate = { up: Infinity, down: Infinity, lifeMs: Infinity, ending: 'fin', split: Infinity };

/** The nearest to a refusal that an accepted connection can have. */
const REFUSED: Fate = { ...NO_FAULTS, up: 0, lifeMs: 1, ending: 'rst' };

/** Bytes that arrive, or the end of the stream. */
type Cargo = { bytes: string } | { end: 'fin' | 'rst' };

/** The broker's end of a connection. */
export interface Stream {
  write(bytes: string): void;
  end(): void;
}

/** Accepts a connection; gives what to call with its bytes and at its end. */
type Accept = (stream: Stream) => { receive(bytes: string): void; closed(): void };

type LineTime = Pick<TimeSource, 'nowMs' | 'setTimeout' | 'clearTimeout'>;

/** Creates the line of one connection; calls `arrive` with what reaches either end. */
function createLine(time: LineTime, fate: Fate, arrive: (way: Way, cargo: Cargo) => void) {
  let { up, down, ending, split, lifeMs } = fate;
  const left = { up, down };
  let state: 'unharmed' | 'planned' | 'over' = 'unharmed';
  let life: Timer | undefined;

  function send(way: Way, cargo: Cargo): void {
    time.setTimeout(() => arrive(way, cargo), HOP_MS);
  }

  function end(...ways: Way[]): void {
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

  function setFate(next: Fate): void {
    if (next === NO_FAULTS || state === 'over') return;
    state = 'planned';
    ({ up, down, ending, split, lifeMs } = next);
    Object.assign(left, { up, down });
    life = time.setTimeout(() => end('up', 'down'), lifeMs);
  }

  setFate(fate);
  return {
    setFate,
    push(way: Way, bytes: string): void {
      const passing = bytes.slice(0, Math.max(0, left[way]));
      const size = way === 'down' ? split : Infinity;
      for (let at = 0; at < passing.length; at += size) send(way, { bytes: passing.slice(at, at + size) });
      if (left[way] < 0) return;
      if (bytes.length > left[way]) end(way);
      else left[way] -= bytes.length;
    },
    /** One end closes; the other gets the FIN unless that direction is dead. */
    close(way: Way): void {
      if (left[way] >= 0) send(way, { end: 'fin' });
      left[way] = -1;
    },
    /** The light has dropped it. */
    over,
    isUnharmed: (): boolean => state === 'unharmed',
    /** Whether its fate is still to come. */
    isPlanned: (): boolean => state === 'planned' && (left.up >= 0 || left.down >= 0),
  };
}

/**
 * Creates the network between one light and a broker: in memory by `connectTcp`, or over real sockets by `onSocket`.
 * @param otherwise the fate of a connection for which none is planned
 */
export function createNetwork(time: LineTime, accept: Accept, otherwise: Fate | ConnectFailure = NO_FAULTS) {
  /** Fates of the connections to come. */
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
    const opened = createLine(time, fate, (way, cargo) => {
      if (way === 'down') deliver(cargo);
      else if ('bytes' in cargo) peer.receive(cargo.bytes);
      else peer.closed();
    });
    const peer = accept({ write: (bytes) => opened.push('down', bytes), end: () => opened.close('down') });
    line = opened;
    return {
      push: (bytes: string): void => opened.push('up', bytes),
      leave(sendsFin = true): void {
        if (sendsFin) opened.close('up');
        opened.over();
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
      ...{ end: leave, reset: leave, abandon: () => leave(false), answerWithReset: () => {}, destroy: () => {} },
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
    /** The light could not try to connect before now. */
    markFree: (): void => void (freeMs = time.nowMs()),
    /** Plans fates: the first is for the connection there is. */
    plan([now, ...later]: (Fate | ConnectFailure)[]): void {
      if (typeof now === 'object') line?.setFate(now);
      fates.push(...later);
    },
    /** Whether nothing is planned any more. */
    isDone: (): boolean => fates.length === 0 && !line?.isPlanned(),
    /** Whether nothing is planned any more, and the light has a connection without faults. */
    isUnharmed: (): boolean => fates.length === 0 && line !== undefined && line.isUnharmed(),
  };
}

/** A network. */
export type Network = ReturnType<typeof createNetwork>;
