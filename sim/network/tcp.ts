// Real TCP with a blocking connect, as on the chip.

import { Worker } from 'node:worker_threads';

/** lwIP's send buffer on the ESP32: more than this stays in the interpreter until the peer has taken some. */
const SEND_BUFFER_BYTES = 5744;

/** How long the whole process waits for a handshake; on loopback a listener answers at once, if the machine is not busy. */
const HANDSHAKE_LIMIT_MS = 3000;
const LOOPBACK_HANDSHAKE_LIMIT_MS = 1500;

/** One TCP connection, as the driver under the interpreter sees it. */
export interface TcpLink {
  /** Hands over as many bytes as fit; gives their number, or -1 after a reset. To a peer that has only closed, bytes still leave. */
  send(bytes: string): number;
  /** Takes up to `limit` bytes; undefined when the peer has closed and all was read. */
  receive(limit: number): string | undefined;
  /** Closes: FIN, or RST when input was left unread. */
  end(): void;
  /** Sends RST. */
  reset(): void;
  /** The chip stops: the peer gets nothing. */
  abandon(): void;
  /** The chip is back after `abandon`: answers what the peer sends from now on with RST. */
  answerWithReset(): void;
  /** Ends an abandoned connection when a test is over. */
  destroy(): void;
  /** Called when there is something to do: bytes, room, or the end. */
  onActivity: () => void;
}

/** Why a connect failed. */
export type ConnectFailure = 'refused' | 'unanswered' | 'unknown';

/** Returns a connection, or why there is none. */
export type ConnectTcp = (host: string, port: number) => TcpLink | ConnectFailure;

interface Thread {
  worker: Worker;
  outcome: Int32Array;
}

interface Report {
  id: number;
  type: 'data' | 'sent' | 'end' | 'reset';
  bytes?: Uint8Array;
  count?: number;
}

interface LinkState {
  received: string;
  ended: 'no' | 'closed' | 'reset';
  inFlight: number;
  link: TcpLink;
}

let thread: Thread | undefined;
let lastId = 0;
const links = new Map<number, LinkState>();

function startThread(): Thread {
  const shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const worker = new Worker(new URL('./tcpThread.mjs', import.meta.url), { workerData: shared, execArgv: [] });
  worker.on('message', onReport);
  worker.unref();
  return { worker, outcome: new Int32Array(shared) };
}

/** Starts the thread ahead of the first connect, which would have to wait for it. */
export function warmUp(): void {
  thread ??= startThread();
}

/** A process lives as long as one of its boards holds a connection. */
function keepAlive(): void {
  if (links.size > 0) thread?.worker.ref();
  else thread?.worker.unref();
}

function onReport(report: Report): void {
  const state = links.get(report.id);
  if (!state) return;
  if (report.type === 'data') state.received += Buffer.from(report.bytes as Uint8Array).toString('latin1');
  else if (report.type === 'sent') state.inFlight -= report.count as number;
  else if (state.ended !== 'reset') state.ended = report.type === 'reset' ? 'reset' : 'closed';
  state.link.onActivity();
}

/** Gives 1 connected, 2 failed, 3 unknown host or 0 unanswered; the late outcome of an earlier attempt does not count. */
function waitFor(id: number, outcome: Int32Array, limitMs: number): number {
  const deadline = performance.now() + limitMs;
  for (let left = limitMs; left > 0; left = deadline - performance.now()) {
    const seen = Atomics.load(outcome, 0);
    if (seen >> 2 === id) return seen & 3;
    Atomics.wait(outcome, 0, seen, left);
  }
  return 0;
}

/**
 * Connects and waits for the outcome; the calling thread stands still meanwhile.
 * @returns the link, or why there is none
 */
export function connectTcp(host: string, port: number): TcpLink | ConnectFailure {
  const { worker, outcome } = (thread ??= startThread());
  const id = (lastId += 1);
  worker.postMessage({ op: 'connect', id, host, port });
  const result = waitFor(id, outcome, host.startsWith('127.') ? LOOPBACK_HANDSHAKE_LIMIT_MS : HANDSHAKE_LIMIT_MS);
  if (result === 2) return 'refused';
  if (result === 3) return 'unknown';
  if (result === 0) {
    worker.postMessage({ op: 'destroy', id });
    return 'unanswered';
  }
  const link = createLink(id, (order) => worker.postMessage({ id, ...order }));
  keepAlive();
  return link;
}

function createLink(id: number, order: (order: { op: string; bytes?: Uint8Array; count?: number }) => void): TcpLink {
  const drop = (op: string): void => {
    order({ op });
    links.delete(id);
    keepAlive();
  };
  const state: LinkState = { received: '', ended: 'no', inFlight: 0, link: undefined as unknown as TcpLink };
  state.link = {
    onActivity: () => {},
    send(bytes) {
      if (state.ended === 'reset') return -1;
      const count = Math.min(bytes.length, SEND_BUFFER_BYTES - state.inFlight);
      if (count <= 0) return 0;
      state.inFlight += count;
      order({ op: 'write', bytes: Buffer.from(bytes.slice(0, count), 'latin1') });
      return count;
    },
    receive(limit) {
      if (state.received === '') return state.ended === 'no' ? '' : undefined;
      const bytes = state.received.slice(0, limit);
      state.received = state.received.slice(limit);
      order({ op: 'consumed', count: bytes.length });
      return bytes;
    },
    end: () => drop('end'),
    reset: () => drop('reset'),
    abandon: () => drop('abandon'),
    answerWithReset: () => order({ op: 'answerWithReset' }),
    destroy: () => drop('destroy'),
  };
  links.set(id, state);
  return state.link;
}
