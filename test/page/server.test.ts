// The page's server lets in whom it should, says no in one line, and stays small whatever comes.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage } from 'node:http';
import { afterEach, describe, test } from 'node:test';
import WebSocket from 'ws';
import { CLOSE, type Reply } from '../../page/protocol.ts';
import { createDocuments } from '../../tools/page/documents.ts';
import { makeFiles } from '../../tools/page/files.ts';
import { createGuard, namesOf } from '../../tools/page/guard.ts';
import { createPageServer, type PageServer } from '../../tools/page/server.ts';
import { until } from './rig.ts';

const MAX_COMPRESSED_BYTES = 120_000;

/** As many pages as are let in. */
const MAX_PAGES = 32;

let server: PageServer | undefined;
const sockets: WebSocket[] = [];
afterEach(async () => {
  sockets.splice(0).forEach((socket) => socket.terminate());
  await server?.close();
  server = undefined;
});

async function serve(host = '127.0.0.1', actions: Parameters<typeof createPageServer>[0]['actions'] = {}) {
  const documents = createDocuments();
  server = await createPageServer({ host, port: 0, documents, actions });
  const { port, pathname } = new URL(server.url);
  return { documents, port: Number(port), base: pathname };
}

/** Asks by hand, with any headers. */
async function ask(port: number, path: string, headers: Record<string, string> = {}, method = 'GET') {
  const asked = request({ host: '127.0.0.1', port, path, headers, method });
  asked.end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  return response;
}

/** Opens a live link; gives its replies, and how it ends. */
function live(port: number, { path = '/live', origin = `http://127.0.0.1:${port}`, host = `127.0.0.1:${port}` } = {}) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { origin, host } });
  sockets.push(socket);
  const replies: Reply[] = [];
  const state = { opened: false, closed: 0, refused: 0 };
  socket.on('message', (data) => replies.push(JSON.parse(String(data)) as Reply));
  socket.on('open', () => (state.opened = true));
  socket.on('close', (code) => (state.closed = code));
  socket.on('error', () => undefined);
  socket.on('unexpected-response', (_, { statusCode }) => (state.refused = statusCode ?? 0));
  return { socket, replies, state };
}

/** In the order of their numbers: some take longer. */
const answers = (replies: Reply[]) => replies.filter((reply) => 'answer' in reply).sort((a, b) => a.answer - b.answer);

test(`the page has at most ${MAX_COMPRESSED_BYTES} bytes, compressed`, async (t) => {
  const files = await makeFiles();
  const bytes = [...files.values()].reduce((sum, { compressed }) => sum + compressed.length, 0);
  t.diagnostic(
    `${bytes} bytes: ${[...files].map(([name, { compressed }]) => `${name} ${compressed.length}`).join(', ')}`,
  );
  assert.ok(bytes <= MAX_COMPRESSED_BYTES);
  assert.deepEqual([...files.keys()].sort(), ['app.css', 'app.js', 'icon.svg', 'index.html']);
});

describe('who is let in', () => {
  test('the page has a policy that lets nothing be loaded from elsewhere', async () => {
    const { port } = await serve();
    const { statusCode, headers } = await ask(port, '/');
    assert.equal(statusCode, 200);
    assert.match(String(headers['content-security-policy']), /^default-src 'none'; script-src 'self';/);
    assert.match(String(headers['content-security-policy']), /require-trusted-types-for 'script'/);
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal((await ask(port, '/app.js', {}, 'POST')).statusCode, 405);
    assert.equal((await ask(port, '/../package.json')).statusCode, 404);
  });

  test('only for names of this computer: another name that leads here is a trick', async () => {
    const { port } = await serve();
    for (const host of [`localhost:${port}`, `127.0.0.1:${port}`, `[::1]:${port}`, `LOCALHOST:${port}`])
      assert.equal((await ask(port, '/', { host })).statusCode, 200, host);
    for (const host of [
      `evil.example:${port}`,
      'localhost',
      `localhost:${port + 1}`,
      'x',
      `localhost:${port}.evil.example`,
    ])
      assert.equal((await ask(port, '/', { host })).statusCode, 403, host);
    const { state } = live(port, { host: `evil.example:${port}`, origin: `http://evil.example:${port}` });
    await until(() => state.refused > 0, 'refused');
    assert.equal(state.refused, 403);
  });

  test('on port 80 a browser asks without a port', () => {
    const { pathOf, isOurs } = createGuard({ host: '127.0.0.1', port: 80, token: undefined });
    for (const host of ['localhost', '127.0.0.1:80', '[::1]']) assert.equal(pathOf({ headers: { host } }), '', host);
    for (const host of ['evil.example', 'localhost:8080']) assert.equal(pathOf({ headers: { host } }), undefined, host);
    assert.ok(isOurs({ headers: { host: 'localhost', origin: 'http://localhost' } }));
  });

  test('the live link is for pages of ours alone', async () => {
    const { port } = await serve();
    for (const origin of ['http://evil.example', `https://127.0.0.1:${port}`, `http://localhost:${port}`, 'null', '']) {
      const { state } = live(port, { origin });
      await until(() => state.refused > 0, `${origin} is refused`);
      assert.equal(state.refused, 403);
    }
    const { state } = live(port);
    await until(() => state.opened, 'opened');
  });

  test('beyond the loopback everything needs the token of the address', async () => {
    const { port, base } = await serve('0.0.0.0');
    assert.match(base, /^\/[\w-]{22}\/$/);
    const host = `127.0.0.1:${port}`;
    for (const path of ['/', '/app.js', '/live', `${base.slice(0, -2)}x/`, base.slice(0, -1), `/${'x'.repeat(22)}/`])
      assert.equal((await ask(port, path, { host })).statusCode, 403, path);
    for (const path of [base, `${base}app.js`]) assert.equal((await ask(port, path, { host })).statusCode, 200, path);
    const [without, withToken] = [live(port), live(port, { path: `${base}live` })];
    await until(() => without.state.refused === 403 && withToken.state.opened, 'only the token opens');
  });

  test('each server has a token of its own, and the loopback has none', async () => {
    const first = (await serve('0.0.0.0')).base;
    await server!.close();
    assert.notEqual((await serve('0.0.0.0')).base, first);
    await server!.close();
    assert.equal((await serve()).base, '/');
    assert.deepEqual(namesOf('localhost'), ['127.0.0.1', '[::1]', 'localhost']);
  });

  test('a busy port, and an address of another computer, are one line', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const options = { documents: createDocuments(), actions: {} };
    await assert.rejects(createPageServer({ host: '127.0.0.1', port, ...options }), {
      message: `port ${port} is busy: choose another with --page-port`,
    });
    other.close();
    await assert.rejects(
      createPageServer({ host: '192.0.2.1', port: 0, ...options }),
      /^Error: cannot listen on 192\.0\.2\.1 /,
    );
  });
});

describe('the live link', () => {
  test('tells all documents, then what changes, and what is gone', async () => {
    const { port, documents } = await serve();
    documents.set('log', ['a']);
    documents.set('lamp/1', 0.5);
    const { replies } = live(port);
    const told = () => Object.assign({}, ...replies.map((reply) => ('set' in reply ? reply.set : {}))) as object;
    await until(() => 'lamp/1' in told(), 'all is told');
    assert.deepEqual(told(), { log: ['a'], 'lamp/1': 0.5 });
    const before = replies.length;
    documents.set('lamp/1', 0.5);
    documents.set('lamp/1', 0.7);
    documents.set('lamp/1', 0.8);
    documents.drop('log');
    await until(() => replies.length > before, 'the change is told');
    assert.deepEqual(replies.slice(before), [{ set: { 'lamp/1': 0.8 }, drop: ['log'] }]);
  });

  test('does what is asked for, and answers with a value or a line', async () => {
    const { port } = await serve('127.0.0.1', {
      history: ({ light }) => Promise.resolve([light]),
      call() {
        throw new Error('the broker is away');
      },
    });
    const { socket, replies } = live(port);
    await once(socket, 'open');
    for (const [id, action] of ['history', 'call', 'forget', 'toString', '__proto__'].entries())
      socket.send(JSON.stringify({ id, action, args: { light: 'desk' } }));
    for (const text of ['', '{', '[]', 'null', '{"id":"1","action":"call"}', '{"id":1}', '\0']) socket.send(text);
    await until(() => answers(replies).length === 12, 'all are answered');
    assert.deepEqual(answers(replies).slice(7), [
      { answer: 0, value: ['desk'] },
      { answer: 1, error: 'the broker is away' },
      ...[2, 3, 4].map((answer) => ({ answer, error: 'this page cannot do that' })),
    ]);
    assert.ok(
      answers(replies)
        .slice(0, 7)
        .every((reply) => 'error' in reply && reply.answer === -1),
    );
  });

  test('a page that sends too much, or too large, is cut off; the others stay', async () => {
    const { port } = await serve('127.0.0.1', { call: () => undefined });
    const [loud, large, calm] = [live(port), live(port), live(port)];
    await until(() => [loud, large, calm].every(({ state }) => state.opened), 'all are open');
    for (let times = 0; times < 200; times++) loud.socket.send(JSON.stringify({ id: times, action: 'call', args: {} }));
    large.socket.send('x'.repeat(500_000));
    await until(() => loud.state.closed > 0 && large.state.closed > 0, 'both are cut off');
    calm.socket.send(JSON.stringify({ id: 7, action: 'call', args: {} }));
    await until(() => answers(calm.replies).length === 1, 'the calm one is answered');
  });

  test(`no more than ${MAX_PAGES} pages are open, and one that closes makes room`, async () => {
    const { port } = await serve();
    const pages = Array.from({ length: MAX_PAGES }, () => live(port));
    await until(() => pages.every(({ state }) => state.opened), 'all are open');
    const late = live(port);
    await until(() => late.state.closed === CLOSE.tooMany, 'the last one is told why');
    pages[0]!.socket.close();
    await until(() => server!.pages() === MAX_PAGES - 1, 'there is room');
    const later = live(port);
    await until(() => later.replies.length > 0, 'it is let in');
  });

  test('a page that does not read costs no memory: what changes meanwhile is told once', async () => {
    const { port, documents } = await serve();
    const { socket, replies } = live(port);
    await once(socket, 'open');
    socket.pause();
    const long = 'x'.repeat(400_000);
    for (let round = 0; round < 80; round++) {
      documents.set('log', [long, String(round)]);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    socket.resume();
    const logs = () => replies.flatMap((reply) => ('set' in reply ? [reply.set['log'] as string[]] : []));
    await until(() => logs().at(-1)?.[1] === '79', 'the last state is told');
    assert.ok(logs().length < 60, `${logs().length} of 80 were sent`);
  });
});
