// The interface of an open line to a board: bytes out, bytes in, and its end.

/** An open line. */
export interface Wire {
  /** Resolves when the bytes have left; rejects when the line is gone. */
  write(bytes: Uint8Array): Promise<void>;
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Resolves, with the reason, once the line is gone or closed. */
  readonly closed: Promise<string>;
  close(): Promise<void>;
  /** Resets the board, where the line can. */
  reset(): Promise<void>;
}

/** How to open a line. */
export interface WireOptions {
  baud: number;
  openMs: number;
}
