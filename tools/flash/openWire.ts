// Opens a serial port or a TCP connection, by the name of the port.

import { openSerialWire } from './serialWire.ts';
import { openTcpWire } from './tcpWire.ts';
import type { Wire, WireOptions } from './wire.ts';

const TCP_PREFIX = 'tcp://';

/** Shortens a port's name for the start of a line of output. */
export function portLabel(path: string): string {
  return path.startsWith(TCP_PREFIX) ? path.slice(TCP_PREFIX.length) : path.replace(/^.*[\\/]/, '');
}

/**
 * Opens a serial port, or with `tcp://HOST:PORT` a serial port behind a network server such as ser2net.
 * @throws Failure noSuchPort, portBusy, noPermission or badArguments
 */
export function openWire(path: string, options: WireOptions): Promise<Wire> {
  return path.startsWith(TCP_PREFIX)
    ? openTcpWire(path.slice(TCP_PREFIX.length), options)
    : openSerialWire(path, options);
}
