// One socket of the interpreter: what the idle loop does for it in each turn, and the events that it emits.

import type { Connection } from '../network/connection.ts';
import type { Events } from './events.ts';

/** The most bytes that one idle turn reads or sends. */
const CHUNK_BYTES = 536;

/** Bytes that wait for a 'data' listener; more stay unread. */
const STREAM_BUFFER_BYTES = 512;

/** The interpreter's error numbers (network/socketerrors). */
const NO_ERROR = 0;
const CLOSED = -1;
const UNSENT_DATA = -8;

/** A socket and what drives it. */
export interface SocketDriver {
  /** The firmware's object. */
  socket: object;
  connection: Connection;
  /** One idle turn; gives whether it wants another at once. */
  idle(run: (call: () => void) => void): boolean;
  isClosed(): boolean;
}

/** Creates the firmware's socket over a connection that TCP has made already. */
export function createSocket(connection: Connection, { events, wake }: { events: Events; wake(): void }): SocketDriver {
  let sendData = '';
  let unread = '';
  let streamBuffer = '';
  let connected = false;
  /** `end` was called, or the connection is gone: no more writes. */
  let closing = false;
  /** Close in the next turn, even with bytes unsent. */
  let closeNow = false;
  let closed = false;
  /** Whether this turn moved any bytes. */
  let moved = false;

  function write(data: unknown): boolean {
    if (closing || closeNow) throw new Error('This socket is closed');
    sendData += String(data).replace(/[^\0-\xff]/g, (character) => String.fromCharCode(character.charCodeAt(0) & 0xff));
    wake();
    return false;
  }

  function end(data?: unknown): void {
    if (data !== undefined) write(data);
    if (sendData === '') closeNow = true;
    closing = true;
    wake();
  }

  function read(count = 0): string {
    const taken = count > 0 ? streamBuffer.slice(0, count) : streamBuffer;
    streamBuffer = streamBuffer.slice(taken.length);
    return taken;
  }

  const socket = events.methods({ write, end, read, available: () => streamBuffer.length });
  const listen = socket.on;
  socket.on = socket.addListener = (event, listener) => {
    listen(event, listener);
    if (event === 'data' && streamBuffer !== '') events.emit(socket, 'data', read());
    wake();
  };

  /** Hands unread bytes to the 'data' listeners at once, not through the queue; without a listener some wait, and the rest stays unread. */
  function deliver(run: (call: () => void) => void, force: boolean): void {
    if (unread === '') return;
    const bytes = unread;
    const listeners = events.listeners(socket, 'data');
    if (listeners) {
      unread = '';
      for (const listener of listeners) run(() => listener.call(socket, bytes));
    } else if (force || streamBuffer === '' || streamBuffer.length + bytes.length <= STREAM_BUFFER_BYTES) {
      unread = '';
      streamBuffer = streamBuffer === '' ? bytes : (streamBuffer + bytes).slice(0, STREAM_BUFFER_BYTES);
    }
  }

  function becomeConnected(): void {
    if (connected) return;
    connected = true;
    events.emit(socket, 'connect', socket);
    if (sendData === '') events.emit(socket, 'drain', socket);
  }

  function send(): number {
    const count = connection.send(sendData.slice(0, CHUNK_BYTES));
    if (count <= 0) return count === 0 ? NO_ERROR : CLOSED;
    moved = true;
    becomeConnected();
    sendData = sendData.slice(count);
    if (sendData === '' && !closing) events.emit(socket, 'drain', socket);
    return NO_ERROR;
  }

  function receive(run: (call: () => void) => void): number {
    const bytes = connection.receive(CHUNK_BYTES);
    if (bytes === undefined) return CLOSED;
    if (bytes !== '') moved = true;
    becomeConnected();
    unread += bytes;
    deliver(run, false);
    return NO_ERROR;
  }

  function close(error: number): void {
    closed = closing = true;
    connection.close();
    const code = error === CLOSED && sendData !== '' ? UNSENT_DATA : error;
    const hadError = code !== NO_ERROR && code !== CLOSED;
    if (hadError) events.emit(socket, 'error', { code, message: 'unsent data' });
    events.emit(socket, 'end');
    events.emit(socket, 'close', hadError);
  }

  function idle(run: (call: () => void) => void): boolean {
    let error = NO_ERROR;
    let finish = closeNow;
    moved = false;
    deliver(run, false);
    if (!finish) {
      if (sendData !== '') error = send();
      else if (closing) finish = true;
      const received = receive(run);
      if (error === NO_ERROR) error = received;
    }
    if (finish || error !== NO_ERROR) {
      deliver(run, true);
      if (unread === '') close(error);
    }
    return !closed && (moved || (closing && sendData === ''));
  }

  return { socket, connection, idle, isClosed: () => closed };
}
