// What a line to a board is: bytes out, bytes in, and a promise that tells when it is gone.

/** An open line. */
export interface Wire {
  /** Settles when the bytes have left; rejects when the line is gone. */
  write(bytes: Uint8Array): Promise<void>;
  onData(listener: (bytes: Uint8Array) => void): void;
  /** Resolves, with the reason, once the line is gone or closed. */
  readonly closed: Promise<string>;
  close(): Promise<void>;
  /** Pulls the board's reset line, where there is one. */
  reset(): Promise<void>;
}

/** How to open a line. */
export interface WireOptions {
  baud: number;
  openMs: number;
}
