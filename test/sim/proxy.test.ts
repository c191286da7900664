import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createProxy } from '../../sim/network/proxy.ts';

/** An echo server behind a proxy, and a client that notes each piece that it reads. */
async function bench(t: TestContext) {
  const far: Socket[] = [];
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    far.push(socket);
    socket.on('error', () => {});
    socket.on('data', (bytes) => socket.write(bytes));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await createProxy({ target: (server.address() as AddressInfo).port });
  const near: Socket[] = [];
  t.after(async () => {
    near.forEach((socket) => socket.destroy());
    far.forEach((socket) => socket.destroy());
    await proxy.stop();
    server.close();
  });
  async function dial() {
    const socket = connect(proxy.port, '127.0.0.1').setNoDelay(true);
    near.push(socket);
    const pieces: string[] = [];
    const events: string[] = [];
    socket.on('data', (bytes) => pieces.push(String(bytes)));
    socket.on('end', () => events.push('end'));
    socket.on('error', (error: NodeJS.ErrnoException) => events.push(String(error.code)));
    await once(socket, 'connect');
    return { socket, pieces, events };
  }
  return { proxy, far, dial };
}

const pause = (ms = 60): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; tries < 300 && !condition(); tries += 1) await pause(10);
  assert.ok(condition(), String(condition));
}

test('passes bytes and ends both ways', async (t) => {
  const { proxy, far, dial } = await bench(t);
  const { socket, pieces, events } = await dial();
  socket.write('hello');
  await until(() => pieces.join('') === 'hello');
  assert.equal(proxy.connections(), 1);
  far[0]?.end();
  await until(() => events.includes('end'));
  await until(() => proxy.connections() === 0);
});

test('splits every byte', async (t) => {
  const { proxy, dial } = await bench(t);
  proxy.faults.set({ chunkBytes: 1 }, 'toBoard');
  const { socket, pieces } = await dial();
  socket.write('abcdef');
  await until(() => pieces.join('') === 'abcdef');
  assert.ok(pieces.length >= 4, `${pieces.length} pieces`);
});

test('gathers what comes within a time into one piece', async (t) => {
  const { proxy, dial } = await bench(t);
  proxy.faults.set({ gatherMs: 60 }, 'toBoard');
  const { socket, pieces } = await dial();
  for (const letter of 'abc') {
    socket.write(letter);
    await pause(5);
  }
  await until(() => pieces.length > 0);
  assert.deepEqual(pieces, ['abc']);
});

test('holds everything while it stalls, the end too, and delivers it when healed', async (t) => {
  const { proxy, far, dial } = await bench(t);
  const { socket, pieces, events } = await dial();
  socket.write('a');
  await until(() => pieces.length === 1);
  proxy.faults.stall();
  socket.write('b');
  far[0]?.end();
  await pause();
  assert.deepEqual([pieces.join(''), events], ['a', []]);
  proxy.faults.heal();
  await until(() => events.includes('end'));
  await until(() => pieces.join('') === 'a' || pieces.join('') === 'ab');
});

test('a dropped connection is half-open for ever; a new one after healing works', async (t) => {
  const { proxy, far, dial } = await bench(t);
  const old = await dial();
  await until(() => far.length === 1);
  proxy.faults.drop('toBoard');
  old.socket.write('x');
  await pause();
  proxy.faults.heal();
  far[0]?.write('still lost');
  far[0]?.end();
  await pause();
  assert.deepEqual([old.pieces, old.events], [[], []]);
  const fresh = await dial();
  fresh.socket.write('y');
  await until(() => fresh.pieces.join('') === 'y');
});

test('resets every connection', async (t) => {
  const { proxy, dial } = await bench(t);
  const [first, second] = [await dial(), await dial()];
  await until(() => proxy.connections() === 2);
  proxy.kill();
  for (const { events } of [first, second]) await until(() => events.includes('ECONNRESET'));
  assert.equal(proxy.connections(), 0);
});

test('the line can reset every connection', async (t) => {
  const { proxy, far, dial } = await bench(t);
  const { events } = await dial();
  await until(() => far.length === 1);
  proxy.faults.reset();
  await until(() => events.includes('ECONNRESET'));
});

test('refuses with a closed port, keeps what is open, and listens on the same port again', async (t) => {
  const { proxy, dial } = await bench(t);
  const { socket, pieces } = await dial();
  const { port } = proxy;
  await proxy.refuse();
  await assert.rejects(dial(), { code: 'ECONNREFUSED' });
  socket.write('still');
  await until(() => pieces.join('') === 'still');
  await proxy.listen();
  assert.equal(proxy.port, port);
  await dial();
});

test('injects bytes into the stream to the board', async (t) => {
  const { proxy, far, dial } = await bench(t);
  const { pieces } = await dial();
  await until(() => far.length === 1);
  proxy.inject('\x01garbage');
  await until(() => pieces.join('') === '\x01garbage');
});

test("resets the board's connection when the real server resets", async (t) => {
  const { far, dial } = await bench(t);
  const { events } = await dial();
  await until(() => far.length === 1);
  far[0]?.resetAndDestroy();
  await until(() => events.includes('ECONNRESET'));
});
