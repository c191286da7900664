// The state of one connection.
import type { Bytes, Socket } from './board.ts';

/** One connection; replaced as a whole by the next. */
export interface Link {
  socket: Socket | undefined;
  /** Received bytes, from the start of a packet on. */
  input: Bytes;
  /** Bytes of a long PUBLISH still to be read past. */
  skip: number;
  /** Pieces of input since the last PINGREQ. */
  chunks: number;
  /** Bytes written since the interpreter's buffer was empty. */
  unsent: number;
  /** PINGRESP is due. */
  isPinging: boolean;
  /** Its first PINGRESP has come. */
  isGood: boolean;
  /** SUBACKs and UNSUBACKs that the updater waits for. */
  acks?: number;
  /** A publish was refused and waits for 'drain'. */
  hasRefused: boolean;
  /** When it was made, in beats. */
  sinceBeat: number;
  /** Milliseconds for which the connect blocked the chip: the next attempt waits as long, and its back-off. */
  blockedMs: number;
}

/** Creates the state before a connection. */
export function newLink(): Link {
  return {
    socket: undefined,
    input: '',
    chunks: 0,
    unsent: 0,
    skip: 0,
    isPinging: false,
    isGood: false,
    hasRefused: false,
    sinceBeat: 0,
    blockedMs: 0,
  };
}
