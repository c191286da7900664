import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { BoardOptions } from '../../sim/board/board.ts';
import { createHouse } from '../../sim/house.ts';
import { createRogueBroker, scripts } from '../../sim/broker/rogue.ts';

const JOIN = `
  const wifi = require('Wifi');
  const join = (callback) => wifi.connect('Home', { password: 'secret-password' }, callback);
`;

function bench(t: TestContext, program: string, options: BoardOptions = {}) {
  const house = createHouse({ speed: 20 });
  t.after(house.dispose);
  return { house, board: house.board({ firmware: JOIN + program, ip: '192.168.1.9', ...options }) };
}

const count = (console: string[], line: string | RegExp): number =>
  console.filter((each) => (typeof line === 'string' ? each === line : line.test(each))).length;

test('the race: a callback throws, every timer is gone, and no event comes any more', async (t) => {
  const { board, house } = bench(
    t,
    `wifi.on('disconnected', () => print('disconnected'));
     setInterval(() => print('tick'), 500); setTimeout(() => print('timer'), 20000); join(() => print('up'))`,
  );
  await board.waitFor('up');
  board.race(3);
  await board.waitFor('Uncaught ReferenceError: "f" is not defined');
  const ticks = count(board.console, 'tick');
  house.accessPoint.off();
  const fromMs = board.nowMs();
  await board.waitFor(() => board.nowMs() - fromMs > 40_000);
  assert.deepEqual([count(board.console, 'tick'), count(board.console, 'timer')], [ticks, 0]);
  assert.equal(count(board.console, 'disconnected'), 0);
  board.type(`print('prompt', wifi.getIP().ip, wifi.getStatus().station)`);
  await board.waitFor('prompt 192.168.1.9 connected');
});

for (const way of ['load()', 'reset'] as const)
  test(`the race ends with ${way}`, async (t) => {
    const { board, house } = bench(t, `print('boot', wifi.getIP().ip); setInterval(() => print('tick'), 500); join()`);
    await board.waitFor(() => board.isTelnetOpen());
    board.race();
    await board.waitFor(/^Uncaught ReferenceError/);
    house.accessPoint.off();
    const fromMs = board.nowMs();
    await board.waitFor(() => board.nowMs() - fromMs > 10_000);
    if (way === 'reset') board.reset();
    else board.type('load()');
    await board.waitFor('boot 0.0.0.0');
    await board.waitFor('tick');
  });

test('the race: sockets move no bytes any more', async (t) => {
  const server = createRogueBroker(scripts.silent());
  const port = await server.start();
  t.after(() => server.stop());
  const { board, house } = bench(
    t,
    `join(() => { const s = require('net').connect({ host: 'peer', port: 1 }); s.write('hello'); s.on('data', (d) => print('data', d)) })`,
  );
  house.hosts.set('peer', `127.0.0.1:${port}`);
  await board.waitFor(() => server.peers[0]?.received() === 'hello');
  board.type(`setTimeout(() => 0, 1)`);
  board.race();
  await board.waitFor(/^Uncaught ReferenceError/);
  server.peers[0]?.send('unheard');
  const fromMs = board.nowMs();
  await board.waitFor(() => board.nowMs() - fromMs > 5000);
  assert.equal(count(board.console, /^data/), 0);
});

test('a callback at the address is cut off in the middle, and cannot catch it', async (t) => {
  const { board } = bench(
    t,
    `E.on('errorFlag', (flags) => print('flags', flags.join()));
     const cut = (name) => { try { print(name, 1); D5.write(1); print(name, 2) } catch (e) { print('caught') } finally { D4.write(1) } };
     wifi.on('connected', () => print('listener')); join(() => cut('callback'));
     setTimeout(() => print('later', process.memory().free > 5000, E.getErrorFlags().join(), E.getErrorFlags().length), 5000)`,
  );
  board.cutOff();
  await board.waitFor(/^later/);
  assert.deepEqual(board.console, [
    ...['callback 1', 'OUT OF MEMORY', 'Execution Interrupted', 'flags LOW_MEMORY,MEMORY'],
    ...['New interpreter error: LOW_MEMORY,MEMORY', 'listener', 'later true LOW_MEMORY,MEMORY 0'],
  ]);
  assert.equal(board.pin('D5').duty(), 1);
  assert.equal(board.pin('D4').duty(), 0);
});

test('the second callback at the address can be the one that is cut off, before its first call', async (t) => {
  const { board } = bench(t, `wifi.on('connected', () => print('listener')); join(() => print('callback'))`);
  board.cutOff(2, 0);
  await board.waitFor('Execution Interrupted');
  assert.deepEqual(board.console.slice(0, 2), ['callback', 'OUT OF MEMORY']);
});

test('a callback of few calls is not cut off, however slow the computer is', async (t) => {
  const slow = 'for (const end = Date.now() + 150; Date.now() < end;);';
  const { board } = bench(
    t,
    `join(() => { print('begins'); ${slow} print('ends') }); setTimeout(() => print('later'), 9000)`,
  );
  board.cutOff(1, 10);
  await board.waitFor('later');
  assert.deepEqual(board.console, ['begins', 'ends', 'later']);
});

test('an interval that is cut off is gone', async (t) => {
  const { board } = bench(t, `setInterval(() => print('tick'), 700); join(); setTimeout(() => print('later'), 9000)`);
  board.cutOff(1, 0);
  await board.waitFor('later');
  assert.ok(count(board.console, 'tick') <= 3, board.console.join());
});
