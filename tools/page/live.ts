// The live link to the pages: sends what has changed in the documents, and does what the pages ask for. Bounded in every direction.

import type { WebSocket } from 'ws';
import { CLOSE } from '../../page/protocol.ts';
import type { ActionTable } from './actions.ts';
import type { DocumentSet } from './documents.ts';

/** A house has a few screens. */
const MAX_CLIENTS = 32;

/** Changes are gathered for one frame of a screen. */
const FLUSH_MS = 16;

/** A page that does not read gets nothing more until it has read; meanwhile only keys wait. */
const MAX_UNSENT_BYTES = 1_000_000;

/** Documents in one message: the first screen is drawn before the last light has come. */
const MAX_KEYS = 400;

/** More than a slider that is dragged sends; a page that sends more is cut off. */
const MAX_REQUESTS_PER_S = 100;

/** A phone that has left the house says no word. */
const PING_MS = 30_000;

/** Reads a request; undefined when it is none. */
function readRequest(text: string): { id: number; action: string; args: Record<string, unknown> } | undefined {
  try {
    const { id, action, args } = JSON.parse(text) as Record<string, unknown>;
    if (!Number.isInteger(id) || typeof action !== 'string') return undefined;
    return { id: id as number, action, args: Object(args) as Record<string, unknown> };
  } catch {
    return undefined;
  }
}

/** Does what was asked, and words the answer. */
async function answerTo(text: string, actions: ActionTable): Promise<string> {
  const request = readRequest(text);
  if (!request) return JSON.stringify({ answer: -1, error: 'not a request' });
  const { id, action, args } = request;
  try {
    const act = Object.hasOwn(actions, action) ? actions[action as keyof ActionTable] : undefined;
    if (!act) throw new Error('this page cannot do that');
    return JSON.stringify({ answer: id, value: await act(args) });
  } catch (error) {
    return JSON.stringify({ answer: id, error: (error as Error).message });
  }
}

/** Creates the link. Several pages see the same. */
export function createLive(documents: DocumentSet, actions: ActionTable) {
  const clients = new Map<WebSocket, { stale: Set<string>; isAlive: boolean; requests: number }>();
  let timer: NodeJS.Timeout | undefined;

  /** Sends stale documents; what does not fit waits for the next turn. */
  function flushTo(socket: WebSocket, stale: Set<string>): void {
    if (stale.size === 0 || socket.bufferedAmount > MAX_UNSENT_BYTES) return;
    const keys = [...stale].slice(0, MAX_KEYS);
    for (const key of keys) stale.delete(key);
    const there = keys.flatMap((key) => {
      const text = documents.text(key);
      return text === undefined ? [] : `${JSON.stringify(key)}:${text}`;
    });
    const gone = keys.filter((key) => documents.text(key) === undefined);
    socket.send(`{"set":{${there.join(',')}},"drop":${JSON.stringify(gone)}}`);
  }

  function flush(): void {
    timer = undefined;
    for (const [socket, { stale }] of clients) flushTo(socket, stale);
    if ([...clients.values()].some(({ stale }) => stale.size > 0)) flushSoon();
  }

  function flushSoon(): void {
    timer ??= setTimeout(flush, FLUSH_MS);
  }

  documents.onChange((key) => {
    for (const { stale } of clients.values()) stale.add(key);
    if (clients.size > 0) flushSoon();
  });

  const pings = setInterval(() => {
    for (const [socket, client] of clients) {
      if (!client.isAlive) socket.terminate();
      client.isAlive = false;
      socket.ping();
    }
  }, PING_MS);
  const seconds = setInterval(() => clients.forEach((client) => (client.requests = 0)), 1_000);
  for (const each of [pings, seconds]) each.unref();

  return {
    add(socket: WebSocket): void {
      socket.on('error', () => socket.terminate()); // too large, or no WebSocket
      if (clients.size >= MAX_CLIENTS) return socket.close(CLOSE.tooMany, `${MAX_CLIENTS} pages are open already`);
      const client = { stale: new Set(documents.keys()), isAlive: true, requests: 0 };
      clients.set(socket, client);
      socket.on('close', () => clients.delete(socket));
      socket.on('pong', () => (client.isAlive = true));
      socket.on('message', async (data) => {
        client.isAlive = true;
        client.requests += 1;
        if (client.requests > MAX_REQUESTS_PER_S) return socket.terminate();
        const answer = await answerTo(String(data), actions);
        if (socket.readyState === socket.OPEN) socket.send(answer);
      });
      socket.send(JSON.stringify({ nowMs: Date.now() }));
      flushSoon();
    },
    /** How many pages are open. */
    size: (): number => clients.size,
    close(): void {
      for (const each of [timer, pings, seconds]) clearTimeout(each);
      for (const socket of clients.keys()) socket.terminate();
    },
  };
}
