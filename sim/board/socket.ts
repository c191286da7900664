// A fake `require("net")` for unit tests, without TCP: the test is the peer.

import type { Socket } from '../../src/board.ts';

/** `this` is the socket, as the interpreter has it. */
type Listener = (this: FakeSocket, argument?: unknown) => void;

/** The error object of a socket's 'error' event. */
interface SocketError {
  code: number;
  message: string;
}

/** The firmware's socket, with the test as its peer. */
export interface FakeSocket extends Socket {
  readonly host: string;
  readonly port: number;
  /** Every write, in order. */
  readonly writes: string[];
  /** What was written since the last call, as one string. */
  newWrites(): string;
  /** Bytes arrive: 'data' handlers run at once, like the interpreter's. Nothing arrives after a close. */
  receive(bytes: string): void;
  /** The peer closes: 'end', then 'close'(false), and writes throw from now on. */
  closeByPeer(): void;
  /** The link fails with data unsent: 'error', 'end', 'close'(true). */
  fail(error?: SocketError): void;
  /** Queues an event, such as 'drain'. */
  emit(event: string, argument?: unknown): void;
  /** The next `write` throws this. */
  throwOnWrite(message?: string): void;
  /** Neither `end` was called nor the peer has closed. */
  isOpen(): boolean;
}

/** Options of the fake network. */
interface FakeNetOptions {
  /** Runs a queued event later; by default at once, unlike the chip. */
  defer?: (event: () => void) => void;
}

/** Creates a `require("net")` whose sockets record what they are sent. */
export function createFakeNet({ defer = (event) => event() }: FakeNetOptions = {}) {
  const sockets: FakeSocket[] = [];
  const attempts: { host: string; port: number }[] = [];
  let refusal: string | undefined;
  let beforeConnect = (): void => {};

  function connect({ host, port }: { host: string; port: number }): FakeSocket {
    attempts.push({ host, port });
    beforeConnect();
    if (refusal !== undefined) throw new Error(refusal);
    const socket = createFakeSocket(host, port, defer);
    sockets.push(socket);
    return socket;
  }

  return {
    connect,
    /** Every connection made, oldest first. */
    sockets,
    /** Every attempt, refused ones too. */
    attempts,
    /** The newest connection; throws when there is none. */
    last(): FakeSocket {
      const socket = sockets.at(-1);
      if (!socket) throw new Error('no connection was made');
      return socket;
    },
    /** Connections that are open now. */
    open: (): FakeSocket[] => sockets.filter((socket) => socket.isOpen()),
    /** Makes each further `connect` throw this; undefined allows them again. */
    throwOnConnect: (message: string | undefined): void => void (refusal = message),
    /** Runs at the start of each `connect`: let time pass here, as a blocking connect does. */
    onConnect: (listener: () => void): void => void (beforeConnect = listener),
  };
}

function createFakeSocket(host: string, port: number, defer: (event: () => void) => void): FakeSocket {
  // Each `on` makes a new list, and a queued event keeps the list of the moment it was queued: removing listeners later does not stop it.
  const listeners = new Map<string, Listener[]>();
  const writes: string[] = [];
  let readCount = 0;
  let state: 'open' | 'ended' | 'closed' = 'open';
  let writeError: string | undefined;

  function emit(event: string, argument?: unknown): void {
    const list = listeners.get(event) ?? [];
    if (list.length) defer(() => list.forEach((listener) => listener.call(socket, argument)));
  }

  function close(hadError: boolean): void {
    if (state === 'closed') return;
    state = 'closed';
    emit('end');
    emit('close', hadError);
  }

  const socket: FakeSocket = {
    host,
    port,
    writes,
    newWrites() {
      const fresh = writes.slice(readCount).join('');
      readCount = writes.length;
      return fresh;
    },
    write(data) {
      if (state !== 'open') throw new Error('This socket is closed');
      if (writeError !== undefined) throw new Error(writeError);
      writes.push(String(data));
      return false;
    },
    end() {
      if (state !== 'open') return;
      state = 'ended';
      defer(() => close(false));
    },
    on(event: string, listener: unknown) {
      listeners.set(event, [...(listeners.get(event) ?? []), listener as Listener]);
    },
    removeAllListeners(event) {
      if (event === undefined) listeners.clear();
      else listeners.delete(event);
    },
    receive(bytes) {
      if (state === 'open') listeners.get('data')?.forEach((listener) => listener.call(socket, bytes));
    },
    closeByPeer: () => close(false),
    fail(error = { code: -8, message: 'unsent data' }) {
      if (state === 'closed') return;
      emit('error', error);
      close(true);
    },
    emit,
    throwOnWrite(message = 'This socket is closed') {
      writeError = message;
    },
    isOpen: () => state === 'open',
  };
  return socket;
}
