// Opens the line that a port's name asks for.

import { openSerialWire } from './serialWire.ts';
import { openTcpWire } from './tcpWire.ts';
import type { Wire, WireOptions } from './wire.ts';

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
