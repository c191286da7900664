// A line to a board: bytes out, bytes in, and a promise that tells when it is gone.

import { openSerialWire } from './serialWire.ts';
import { openTcpWire } from './tcpWire.ts';

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

const TCP_PREFIX = 'tcp://';

/** A short name of a port for the start of a line of output. */
export function portLabel(path: string): string {
  return path.startsWith(TCP_PREFIX) ? path.slice(TCP_PREFIX.length) : path.replace(/^.*[\\/]/, '');
}

/**
 * Opens a serial port, or with `tcp://HOST:PORT` a serial port behind a network door such as ser2net.
 * @throws Failure noSuchPort, portBusy or noPermission
 */
export function openWire(path: string, options: WireOptions): Promise<Wire> {
  return path.startsWith(TCP_PREFIX)
    ? openTcpWire(path.slice(TCP_PREFIX.length), options)
    : openSerialWire(path, options);
}
