// One TCP connection of the board behind a line with faults, with lwIP's buffers.

import { END_OF_STREAM, type Cargo, type Faults } from './faults.ts';
import type { TcpLink } from './tcp.ts';

/** lwIP's buffers on the ESP32, each way. */
const BUFFER_BYTES = 5744;

/** One connection of the board. */
export interface Connection {
  /** Accepts as many bytes as fit in the send buffer; gives their number, or -1 after a reset. */
  send(bytes: string): number;
  /** Up to `limit` bytes, '' when there are none, undefined once the peer has closed and all was read. */
  receive(limit: number): string | undefined;
  /** Sends what is buffered, then FIN: through the line, so that a stalled one holds both. */
  close(): void;
  /** Whether it is over, and its link closed. */
  isGone(): boolean;
  /** The chip stops: the peer gets nothing (`silent`), as from a real one, or a FIN or RST. */
  stop(how: 'silent' | 'fin' | 'reset'): void;
  /** The chip has booted again: from now on it answers the peer's bytes with RST. */
  answerWithReset(): void;
  /** Ends what `stop('silent')` left. */
  destroy(): void;
}

/** Puts the line's faults between a link and the interpreter. */
export function createConnection(link: TcpLink, faults: Faults, wake: () => void): Connection {
  let received = '';
  let closedByPeer = false;
  let unsent = '';
  let inPipe = 0;
  let wasReset = false;

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
  const stopListening = faults.onReset(() => {
    wasReset = closedByPeer = true;
    link.reset();
    wake();
  });

  function flush(): void {
    const count = unsent === '' ? 0 : link.send(unsent);
    if (count < 0) wasReset = !toBoard.isDead();
    else unsent = unsent.slice(count);
    if (!closing || (unsent !== '' && !wasReset)) return;
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
    stopListening();
    toBoard.close();
    fromBoard.close();
    link.onActivity = () => {};
  }

  return {
    send(bytes) {
      if (wasReset) return -1;
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
    stop(how) {
      if (gone) return;
      leave();
      if (how === 'silent') link.abandon();
      else if (how === 'fin') link.end();
      else link.reset();
    },
    answerWithReset: () => link.answerWithReset(),
    destroy: () => link.destroy(),
  };
}
