// Real TCP for a board that listens: its port of the chip becomes a free port of the loopback, and what connects there is a peer of the board.

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { resetSocket } from './reset.mjs';
import type { TcpLink } from './tcp.ts';

/** lwIP's buffers on the ESP32, each way. */
const BUFFER_BYTES = 5744;

/** Handshakes that lwIP completes before the program takes them. */
const BACKLOG = 10;

/** A port of the chip that peers can connect to. */
export interface TcpListener {
  /** The loopback's port that stands for it. */
  port: Promise<number>;
  close(): void;
}

/** Makes a link of a socket that a peer has opened. */
function createLink(socket: Socket): TcpLink {
  let received = '';
  let ended: 'no' | 'closed' | 'reset' = 'no';
  let inFlight = 0;
  let isAbandoned = false;
  const link: TcpLink = {
    onActivity: () => {},
    send(bytes) {
      if (ended === 'reset') return -1;
      const count = Math.max(0, Math.min(bytes.length, BUFFER_BYTES - inFlight));
      if (count === 0) return 0;
      inFlight += count;
      socket.write(Buffer.from(bytes.slice(0, count), 'latin1'), () => {
        inFlight -= count;
        link.onActivity();
      });
      return count;
    },
    receive(limit) {
      if (received === '') return ended === 'no' ? '' : undefined;
      const bytes = received.slice(0, limit);
      received = received.slice(limit);
      if (received.length < BUFFER_BYTES) socket.resume();
      return bytes;
    },
    end() {
      if (received !== '' || ended === 'reset') return resetSocket(socket);
      isAbandoned = true; // input that comes from now on finds no socket there
      socket.end(() => socket.destroySoon());
    },
    reset: () => resetSocket(socket),
    abandon() {
      isAbandoned = true;
      socket.pause();
    },
    answerWithReset: () => void socket.resume(),
    destroy: () => void socket.destroy(),
  };

  function end(how: 'closed' | 'reset'): void {
    if (ended !== 'reset') ended = how;
    link.onActivity();
  }
  socket.on('data', (bytes) => {
    if (isAbandoned) return resetSocket(socket);
    received += bytes.toString('latin1');
    if (received.length >= BUFFER_BYTES) socket.pause();
    link.onActivity();
  });
  socket.on('end', () => end('closed'));
  socket.on('error', () => {}); // 'close' follows
  socket.on('close', (hadError) => end(hadError ? 'reset' : 'closed'));
  return link;
}

/** Listens on a free port of the loopback. @param onLink called with each peer, whose handshake is done */
export function listenTcp(onLink: (link: TcpLink) => void): TcpListener {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => onLink(createLink(socket)));
  const port = new Promise<number>((resolve) => {
    server.listen({ port: 0, host: '127.0.0.1', backlog: BACKLOG }, () =>
      resolve((server.address() as AddressInfo).port),
    );
  });
  return { port, close: () => void server.close() };
}
