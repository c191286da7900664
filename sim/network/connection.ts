// A TCP connection seen through a line with faults: what lwIP holds for one socket of the board.

import { END_OF_STREAM, type Cargo, type Faults } from './faults.ts';
import type { TcpLink } from './tcp.ts';

/** lwIP's buffers on the ESP32, each way. */
const BUFFER_BYTES = 5744;

/** One connection of the board. */
export interface Connection {
  /** Takes as many bytes as the send buffer holds; -1 after a reset. */
  send(bytes: string): number;
  /** Up to `limit` bytes, '' when there are none, undefined once the peer has closed and all was read. */
  receive(limit: number): string | undefined;
  /** Sends what is buffered, then FIN: through the line, so that a stalled one holds both. */
  close(): void;
  /** Whether nothing is left of it. */
  isGone(): boolean;
  /** The chip dies: the peer is told nothing (`silent`), or all that a kinder fate would send. */
  die(how: 'silent' | 'fin' | 'reset'): void;
  /** The chip has booted again: to the peer's next bytes it answers with a reset. */
  awaken(): void;
  /** Ends what `die('silent')` left. */
  destroy(): void;
}

/** Puts the line's faults between a link and the interpreter. */
export function createConnection(link: TcpLink, faults: Faults, wake: () => void): Connection {
  let received = '';
  let closedByPeer = false;
  let unsent = '';
  let inPipe = 0;
  let torn = false;

  let closing = false;
  let gone = false;

  const fromBoard = faults.pipe('fromBoard', (cargo) => {
    if (typeof cargo !== 'string') {
      closing = true;
      return flush();
    }
    inPipe -= cargo.length;
    unsent += cargo;
    flush();
    wake();
  });
  const toBoard = faults.pipe('toBoard', (cargo: Cargo) => {
    if (cargo === END_OF_STREAM) closedByPeer = true;
    else received += cargo as string;
    wake();
  });
  const forget = faults.onReset(() => {
    torn = closedByPeer = true;
    link.reset();
    wake();
  });

  function flush(): void {
    const count = unsent === '' ? 0 : link.send(unsent);
    if (count < 0) torn = !toBoard.isDead();
    else unsent = unsent.slice(count);
    if (!closing || (unsent !== '' && !torn)) return;
    leave();
    link.end();
  }

  let ended = false;
  link.onActivity = () => {
    flush();
    while (!ended && received.length < BUFFER_BYTES) {
      const bytes = link.receive(BUFFER_BYTES);
      if (bytes === '') return;
      ended = bytes === undefined;
      toBoard.push(bytes ?? END_OF_STREAM);
    }
  };

  function leave(): void {
    gone = true;
    forget();
    toBoard.close();
    fromBoard.close();
    link.onActivity = () => {};
  }

  return {
    send(bytes) {
      if (torn) return -1;
      const count = Math.max(0, Math.min(bytes.length, BUFFER_BYTES - unsent.length - inPipe));
      inPipe += count;
      if (count) fromBoard.push(bytes.slice(0, count));
      return count;
    },
    receive(limit) {
      if (received === '') return closedByPeer ? undefined : '';
      const bytes = received.slice(0, limit);
      received = received.slice(limit);
      if (received === '') link.onActivity();
      return bytes;
    },
    close() {
      ended = true;
      if (!fromBoard.isDead()) return fromBoard.push(END_OF_STREAM);
      leave();
      link.abandon();
    },
    isGone: () => gone,
    die(how) {
      if (gone) return;
      leave();
      if (how === 'silent') link.abandon();
      else if (how === 'fin') link.end();
      else link.reset();
    },
    awaken: () => link.awaken(),
    destroy: () => link.destroy(),
  };
}
