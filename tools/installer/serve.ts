// Serves the page to this computer alone.

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import sirv from 'sirv';
import { failure } from '../flash/exits.ts';

/** Nobody else reaches this address, and browsers allow serial ports on it. */
const HOST = '127.0.0.1';

/**
 * Serves a folder until the signal.
 * @param port 0 for any free one
 * @param onUrl called once the page can be opened
 * @throws Failure badArguments when the port is not free
 */
export async function serve(
  folder: string,
  { port, signal }: { port: number; signal: AbortSignal },
  onUrl: (url: string) => void,
): Promise<void> {
  const answer = sirv(folder, { dev: true, dotfiles: false });
  const server = createServer((request, response) =>
    answer(request, response, () => void response.writeHead(404).end('not here\n')),
  );
  await once(server.listen(port, HOST), 'listening').catch((error: NodeJS.ErrnoException) => {
    throw failure('badArguments', `--serve ${port}: cannot use this port (${error.code})`);
  });
  onUrl(`http://localhost:${(server.address() as AddressInfo).port}/`);
  if (!signal.aborted) await once(signal, 'abort');
  server.closeAllConnections();
  server.close();
}
