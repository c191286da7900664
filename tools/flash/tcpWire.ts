// Opens a board behind a TCP port (ser2net, a test): raw bytes, no telnet options.

import { connect, type Socket } from 'node:net';
import { failure } from './exits.ts';
import type { Wire, WireOptions } from './wire.ts';

function dial(address: string, openMs: number): Promise<Socket> {
  const match = /^\[?([^\]]+?)\]?:(\d+)$/.exec(address);
  const port = Number(match?.[2]);
  if (!match || !(port > 0 && port < 65_536))
    return Promise.reject(failure('badArguments', `tcp://${address}: write it as tcp://HOST:PORT`));
  const socket = connect({ host: match[1], port });
  return new Promise((resolve, reject) => {
    const refuse = (why: string) => {
      socket.destroy();
      reject(failure('noSuchPort', `tcp://${address} cannot be reached (${why}): is its server running?`));
    };
    const timer = setTimeout(() => refuse('no answer'), openMs);
    socket.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      refuse(error.code ?? error.message);
    });
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve(socket);
    });
  });
}

/**
 * Opens `HOST:PORT`.
 * @throws Failure badArguments or noSuchPort
 */
export async function openTcpWire(address: string, { openMs }: WireOptions): Promise<Wire> {
  const socket = await dial(address, openMs);
  socket.setNoDelay(true);
  let reason = 'the line was closed';
  socket.on('error', (error: NodeJS.ErrnoException) => (reason = `the line broke (${error.code ?? error.message})`));
  socket.on('end', () => socket.destroy());
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(reason)));
  return {
    closed,
    write: (bytes) =>
      new Promise((resolve, reject) => socket.write(bytes, (error) => (error ? reject(error) : resolve()))),
    onData: (listener) => void socket.on('data', listener),
    close: async () => {
      socket.destroy();
      await closed;
    },
    reset: () => Promise.resolve(),
  };
}
