// The page's server: files over HTTP, and the live link by WebSocket, for those whom the guard lets in.

import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import type { ActionTable } from './actions.ts';
import type { DocumentSet } from './documents.ts';
import { failure } from './exits.ts';
import { makeFiles, type PageFile } from './files.ts';
import { createGuard, createToken, isLoopback, shownHost, type Guard } from './guard.ts';
import { createLive } from './live.ts';

/** All names of 5,000 lights. */
const MAX_MESSAGE_BYTES = 400_000;

/** Files and live links of MAX_CLIENTS pages, and some that come and go. */
const MAX_CONNECTIONS = 256;

/** A page loads nothing from elsewhere, and cannot turn text into HTML or a script. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'unsafe-inline'", // the pictures of the boards carry styles of their own
  "img-src 'self' data:",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types lit-html', // makes the pictures of the boards, of its own text
];

const headers = (connect: string): Record<string, string> => ({
  'Content-Security-Policy': [...POLICY, `connect-src 'self' ${connect}`].join('; '),
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
});

/** What the server needs. */
interface PageServerOptions {
  /** Other than the loopback: only with a token, which is made here and is part of the address. */
  host: string;
  /** 0 for a free one. */
  port: number;
  documents: DocumentSet;
  actions: ActionTable;
}

/** A server that listens. */
export interface PageServer {
  /** To open in a browser. */
  url: string;
  /** How many pages are open. */
  pages(): number;
  close(): Promise<void>;
}

function refuse(response: ServerResponse, status: number, line: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' });
  response.end(`${line}\n`);
}

function serve(request: IncomingMessage, response: ServerResponse, guard: Guard, files: Map<string, PageFile>): void {
  const path = guard.pathOf(request);
  if (path === undefined) return refuse(response, 403, 'Open the whole address that the terminal shows.');
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(response, 405, 'Only GET.');
  const file = files.get(path || 'index.html');
  if (!file) return refuse(response, 404, 'Not found.');
  response.writeHead(200, {
    ...headers(`ws://${request.headers.host}`),
    'Content-Type': file.type,
    'Content-Encoding': 'gzip',
    'Content-Length': file.compressed.length,
  });
  response.end(request.method === 'HEAD' ? undefined : file.compressed);
}

async function listen(server: Server, host: string, port: number): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EADDRINUSE') throw failure('badArguments', `port ${port} is busy: choose another with --page-port`);
    throw failure(
      'badArguments',
      `cannot listen on ${host} port ${port} (${code}): choose another --host or --page-port`,
    );
  }
  return (server.address() as AddressInfo).port;
}

/**
 * Starts the server.
 * @throws Error in one line: the port is busy, or the page does not bundle
 */
export async function createPageServer({ host, port, documents, actions }: PageServerOptions): Promise<PageServer> {
  const files = await makeFiles();
  const live = createLive(documents, actions);
  const token = isLoopback(host) ? undefined : createToken();
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE_BYTES });
  const server = createServer((request, response) => serve(request, response, guard, files));
  server.maxConnections = MAX_CONNECTIONS;
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    if (guard.pathOf(request) === 'live' && guard.isOurs(request))
      sockets.handleUpgrade(request, socket, head, live.add);
    else socket.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
  });
  const heard = await listen(server, host, port).catch((error: unknown) => {
    live.close();
    throw error;
  });
  const guard = createGuard({ host, port: heard, token });
  return {
    url: `http://${shownHost(host)}:${heard}${guard.base}`,
    pages: live.size,
    async close() {
      live.close();
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
