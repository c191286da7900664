// What a session knows of one connection.
import type { Bytes, Socket } from './board.ts';

/** One connection; replaced as a whole by the next. */
export interface Link {
  socket: Socket | undefined;
  /** From the start of a packet on. */
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
  /** A publish waits for better times. */
  hasRefused: boolean;
  /** When it was made, in beats. */
  sinceBeat: number;
  /** How long the connect has held the whole chip: the next attempt waits at least as long. */
  blockedMs: number;
}

/** Creates the link of no connection. */
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
