// The thread that owns the boards' real TCP sockets, so that a board's `connect` can wait for its outcome while the broker, in the main
// thread of the same process, stands still: the kernel completes the handshake into the listener's backlog.

import { connect } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { resetSocket } from './reset.mjs';

/**
 * @typedef {{ op: 'connect', id: number, host: string, port: number }
 *   | { op: 'write', id: number, bytes: Uint8Array }
 *   | { op: 'consumed', id: number, count: number }
 *   | { op: 'end' | 'reset' | 'destroy' | 'abandon' | 'answerWithReset', id: number }} Order
 * @typedef {{ socket: import('node:net').Socket, unread: number, abandoned: boolean }} Connection
 */

/** lwIP's receive window on the ESP32: what the peer can send before the chip has read. */
const WINDOW_BYTES = 5744;

const port = /** @type {import('node:worker_threads').MessagePort} */ (parentPort);

/** One word: the connection's identifier times 4, plus 1 connected, 2 failed or 3 unknown host. */
const outcome = new Int32Array(/** @type {SharedArrayBuffer} */ (workerData));

/** @type {Map<number, Connection>} */
const connections = new Map();

/** @param {number} id @param {number} result */
function report(id, result) {
  Atomics.store(outcome, 0, id * 4 + result);
  Atomics.notify(outcome, 0);
}

/** @param {number} id @param {Connection} connection @param {Buffer} bytes */
function received(id, connection, bytes) {
  // A segment for a connection that the rebooted chip does not know is answered with a reset (RFC 9293, 3.10.7.1).
  if (connection.abandoned) return void resetSocket(connection.socket);
  connection.unread += bytes.length;
  if (connection.unread >= WINDOW_BYTES) connection.socket.pause();
  port.postMessage({ id, type: 'data', bytes });
}

/** @param {number} id @param {string} host @param {number} portNumber */
function open(id, host, portNumber) {
  const socket = connect({ host, port: portNumber, noDelay: true, allowHalfOpen: true });
  /** @type {Connection} */
  const connection = { socket, unread: 0, abandoned: false };
  connections.set(id, connection);
  let waiting = true;
  /** @param {number} result */
  const decide = (result) => {
    if (waiting) report(id, result);
    waiting = false;
  };
  socket.on('connect', () => decide(1));
  socket.on('error', (/** @type {NodeJS.ErrnoException} */ error) => decide(error.syscall === 'getaddrinfo' ? 3 : 2));
  socket.on('data', (bytes) => received(id, connection, bytes));
  socket.on('end', () => {
    if (connection.abandoned) resetSocket(socket);
    else port.postMessage({ id, type: 'end' });
  });
  socket.on('close', (failed) => {
    connections.delete(id);
    port.postMessage({ id, type: failed ? 'reset' : 'end' });
  });
}

/** @param {Order} order */
function execute(order) {
  if (order.op === 'connect') return open(order.id, order.host, order.port);
  const connection = connections.get(order.id);
  if (!connection) return;
  const { socket } = connection;
  if (order.op === 'write') {
    const count = order.bytes.length;
    socket.write(order.bytes, () => port.postMessage({ id: order.id, type: 'sent', count }));
  } else if (order.op === 'consumed') {
    connection.unread -= order.count;
    if (connection.unread < WINDOW_BYTES && !connection.abandoned) socket.resume();
  } else if (order.op === 'end') {
    // Input that comes after the chip closed finds no socket there.
    connection.abandoned = true;
    if (connection.unread > 0) resetSocket(socket);
    else socket.end(() => socket.destroySoon());
    socket.resume();
  } else if (order.op === 'reset') resetSocket(socket);
  else if (order.op === 'destroy') socket.destroy();
  else if (order.op === 'abandon') {
    connection.abandoned = true;
    socket.pause();
  } else socket.resume();
}

port.on('message', execute);
