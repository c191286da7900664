// The live link to the server: fills the store, asks for actions, and comes back by itself.

import { CLOSE, type Actions, type Reply } from './protocol.ts';
import { store } from './store.ts';

const FIRST_RETRY_MS = 300;
const LONGEST_RETRY_MS = 5_000;

/** Longer than the server waits for a light. */
const ANSWER_MS = 15_000;

type Answer = { resolve(value: unknown): void; reject(error: Error): void };

const waiting = new Map<number, Answer>();
let socket: WebSocket | undefined;
let requests = 0;
let retryMs = FIRST_RETRY_MS;

function take(reply: Reply): void {
  if ('nowMs' in reply) {
    store.clear();
    store.setServerMs(reply.nowMs);
    store.setLink('open');
    retryMs = FIRST_RETRY_MS;
  } else if ('set' in reply) store.take(reply.set, reply.drop);
  else if (reply.error === undefined) waiting.get(reply.answer)?.resolve(reply.value);
  else waiting.get(reply.answer)?.reject(new Error(reply.error));
}

function lose(code: number): void {
  socket = undefined;
  for (const { reject } of waiting.values()) reject(new Error('the link to the server is lost'));
  waiting.clear();
  store.setLink(code === CLOSE.tooMany ? 'refused' : 'lost');
  if (code === CLOSE.tooMany) return;
  setTimeout(openLink, retryMs);
  retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
}

/** Opens the link, and keeps it open. */
export function openLink(): void {
  const opening = new WebSocket(new URL('live', location.href).href.replace(/^http/, 'ws'));
  socket = opening;
  opening.addEventListener('message', ({ data }) => take(JSON.parse(String(data)) as Reply));
  opening.addEventListener('close', ({ code }) => lose(code));
}

/**
 * Asks the server for something.
 * @returns its value, when it is done
 * @throws Error in one line: why it is not
 */
export function ask<Name extends keyof Actions>(action: Name, args: Actions[Name]): Promise<unknown> {
  const open = socket;
  if (open?.readyState !== WebSocket.OPEN) return Promise.reject(new Error('the link to the server is lost'));
  const id = (requests += 1);
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => settle(() => reject(new Error('no answer'))), ANSWER_MS);
    function settle(how: () => void): void {
      clearTimeout(timer);
      waiting.delete(id);
      how();
    }
    waiting.set(id, {
      resolve: (value) => settle(() => resolve(value)),
      reject: (error) => settle(() => reject(error)),
    });
    open.send(JSON.stringify({ id, action, args }));
  });
}
