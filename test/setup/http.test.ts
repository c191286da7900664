// The web server against clients that are slow, silent, many or mad.
import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test, type TestContext } from 'node:test';
import { ask, createBench, encodeForm, RIGHT, sendRaw } from './rig.ts';

const HOST = 'Host: 192.168.4.1\r\n';
const GET = `GET / HTTP/1.1\r\n${HOST}\r\n`;

async function bench(t: TestContext) {
  const home = await createBench(t, { speed: 5 }); // or a busy computer is too slow for the ten seconds
  const port = await home.join();
  await home.board.waitFor('-> null');
  return { ...home, port };
}

test('a request may come byte by byte, or in two pieces anywhere', async (t) => {
  const { port } = await bench(t);
  assert.match(await sendRaw(port, [...GET]), /^HTTP\/1\.1 200 OK\r\n/);
  const ends = [...GET.matchAll(/\r|\n/g)].map(({ index }) => index + 1); // where indexOf errs
  for (const at of [1, 8, ...ends])
    assert.match(await sendRaw(port, [GET.slice(0, at), GET.slice(at)], 20), /^HTTP\/1\.1 200 OK\r\n/);
});

test('the body may come late, and what comes behind it does not count', async (t) => {
  const { port, saved, board, result } = await bench(t);
  const body = encodeForm(RIGHT);
  const head = `POST / HTTP/1.1\r\n${HOST}content-LENGTH:  ${body.length} \r\n\r\n`;
  assert.match(await sendRaw(port, [head, body.slice(0, 9), body.slice(9) + GET], 5), /^HTTP\/1\.1 303 See Other\r\n/);
  assert.match(await result(), /Saved/);
  assert.equal(saved()!['name'], 'desk');
  await board.waitFor('mqtt connected');
});

test('14 clients that say nothing shut nobody out, and are gone after ten seconds', async (t) => {
  const { port, board, pass, until } = await bench(t);
  const silent = Array.from({ length: 14 }, () => connect({ host: '127.0.0.1', port }).on('error', () => {}));
  t.after(() => silent.forEach((socket) => socket.destroy()));
  await pass(1_000);
  for (let count = 0; count < 3; count += 1) assert.equal((await ask(port)).status, 200, 'at once');
  assert.ok(board.openSockets() <= 5);
  await pass(11_000);
  await until(() => board.openSockets() === 1);
});

test('a head without an end and a body that is too big are cut off', async (t) => {
  const { port, board, until } = await bench(t);
  assert.match(await sendRaw(port, [`GET /${'x'.repeat(4_000)}`]), /^HTTP\/1\.1 413 /);
  assert.match(await sendRaw(port, [`POST / HTTP/1.1\r\n${HOST}Content-Length: 100000\r\n\r\n`]), /^HTTP\/1\.1 413 /);
  await sendRaw(port, [`POST / HTTP/1.1\r\n${HOST}Content-Length: 3000\r\n\r\n${'x'.repeat(50_000)}`]);
  await until(() => board.openSockets() === 1);
});

test('what is no HTTP gets 400', async (t) => {
  const { port } = await bench(t);
  for (const text of [
    '\r\n\r\n',
    'hello\r\n\r\n',
    'GET /\r\n\r\n',
    'GET / FTP/1\r\n\r\n',
    `POST / HTTP/1.1\r\n${HOST}Content-Length: -1\r\n\r\n`,
    `POST / HTTP/1.1\r\n${HOST}Content-Length: x\r\n\r\n`,
  ])
    assert.match(await sendRaw(port, [text]), /^HTTP\/1\.1 400 /, JSON.stringify(text));
});

test('random bytes and mutilated requests do no harm', async (t) => {
  const { port, board, get, saved, pass } = await bench(t);
  let seed = 42;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const body = encodeForm({ ...RIGHT, name: 'x' });
  const good = [
    GET,
    `POST / HTTP/1.1\r\n${HOST}Content-Length: ${body.length}\r\n\r\n${body.replace('p=', 'p=%').replace('b=', '=b')}`,
  ];
  function mutilated(): string {
    const chars = [...good[random(2)]!];
    for (let count = random(8); count >= 0; count -= 1)
      chars.splice(random(chars.length), random(3), String.fromCharCode(random(256)));
    return chars.join('');
  }
  const noise = (): string => Array.from({ length: random(300) }, () => String.fromCharCode(random(256))).join('');
  for (let round = 0; round < 6; round += 1)
    await Promise.all(
      Array.from({ length: 10 }, (_, at) => sendRaw(port, [at % 2 ? mutilated() : noise() + '\r\n\r\n'])),
    );
  await pass(11_000);
  assert.equal((await get()).status, 200);
  assert.equal(board.resets.length, 1);
  assert.equal(saved(), undefined);
  assert.ok(!board.console.some((line) => /uncaught/i.test(line)), board.console.join('\n'));
});

test('a hundred requests leave nothing behind', async (t) => {
  const { port, board, until, get } = await bench(t);
  await get();
  const before = board.pendingTimers();
  for (let count = 0; count < 100; count += 1) assert.match(await sendRaw(port, [GET]), /200 OK/);
  await until(() => board.openSockets() === 1);
  assert.equal(board.pendingTimers(), before);
});
