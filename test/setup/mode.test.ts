// When the set-up mode opens, how it ends, and that the console is there for whoever needs it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBench, RIGHT } from './rig.ts';

/** Fifteen minutes of the chip, and some, at this speed. */
const FAST = { speed: 600 };
const OPEN_MS = 900_000;

test('after 15 minutes everything is as without it, and stays so until the next power-up', async (t) => {
  const plain = await createBench(t, { ...FAST, files: { 'light.setup': '' } });
  await plain.pass(10_000);
  const timers = plain.board.pendingTimers();

  const { board, until } = await createBench(t, FAST);
  await board.waitFor('set-up mode');
  await until(() => board.serverPort(80) !== undefined);
  await until(() => board.nowMs() > OPEN_MS - 20_000);
  assert.notEqual(board.softAp(), undefined);
  await board.waitFor('set-up mode is over', 20_000);
  assert.ok(board.nowMs() > OPEN_MS - 1_000);
  assert.deepEqual([board.softAp(), board.openSockets(), board.pendingTimers()], [undefined, 0, timers]);
  board.serialLine.send('print("here")\n');
  await board.waitFor('here');
  await until(() => board.nowMs() > OPEN_MS + 60_000);
  assert.equal(board.softAp(), undefined);
  assert.equal(board.console.filter((line) => line.startsWith('boot light')).length, 1);
  board.powerOff();
  board.powerOn();
  await board.waitFor('set-up mode: join');
});

test('ten seconds on the button open it, on a board that was set up, and again while it is open', async (t) => {
  const { board, until, pass, saved } = await createBench(t, {
    config: { wifi: { ssid: 'Home', password: 'secret-password' }, broker: 'broker', name: 'desk' },
  });
  await board.waitFor('mqtt connected');
  assert.equal(board.softAp(), undefined);
  board.pin('D0').drive(0);
  await board.waitFor('set-up mode: join');
  board.pin('D0').drive(undefined);
  assert.equal(board.softAp()!.ssid, 'light-00ff');
  assert.deepEqual(saved(), { wifi: null, broker: 'broker', name: 'desk' });
  await pass(2_000);
  board.pin('D0').drive(0);
  await board.waitFor('set-up mode: join');
  board.pin('D0').drive(undefined);
  await until(() => board.serverPort(80) !== undefined);
  assert.equal(board.openSockets(), 1);
});

test('a restart because of an exception does not open it again', async (t) => {
  const { board, pass } = await createBench(t);
  await board.waitFor('set-up mode: join');
  board.type('setTimeout(() => { throw new Error("of order") }, 1)');
  await board.waitFor('boot light');
  await pass(10_000);
  assert.equal(board.softAp(), undefined);
  assert.equal(board.console.filter((line) => line.startsWith('set-up mode: join')).length, 1);
});

test('without a password there is no access point, and with a bad one neither', async (t) => {
  const none = await createBench(t, { ap: null });
  await none.board.waitFor('set-up mode: Improv alone');
  await none.pass(5_000);
  assert.deepEqual(
    [none.board.softAp(), none.board.openSockets()],
    [undefined, 0],
    'the open one of the chip is off, too',
  );
  const short = await createBench(t, { ap: 'short' });
  await short.board.waitFor('no access point: Password must be string of at least 8 characters');
  assert.equal(short.board.openSockets(), 0);
});

test('a board that is set up, or has no Wi-Fi, does not open it', async (t) => {
  const done = await createBench(t, { config: { wifi: { ssid: 'Home', password: 'secret-password' } } });
  await done.board.waitFor('wifi up');
  const wired = await createBench(t, { missingModules: ['Wifi'] });
  await wired.board.waitFor('no broker set');
  await wired.pass(3_000);
  for (const { board } of [done, wired]) assert.ok(!board.console.join().includes('set-up'));
});

test('the console is back at the first byte that is not for Improv, and gets it', async (t) => {
  for (const bytes of [
    '\x03\x10print("A" + 1)\n',
    '\x10print("A" + 1)\n',
    'print("A" + 1)\r',
    'IMPROVE\nprint("A" + 1)\n',
  ]) {
    const { board, get } = await createBench(t);
    await board.waitFor('-> null');
    board.serialLine.send(bytes);
    await board.waitFor('<- null');
    await board.waitFor('A1');
    board.serialLine.send('print("B" + 2)\n');
    await board.waitFor('B2');
    assert.equal((await get()).status, 200, 'the page goes on');
  }
});

test('noise on the line, and half a packet, do not end Improv; a packet that is garbled is refused', async (t) => {
  const { board, pass, until } = await createBench(t);
  let sent = '';
  board.serialLine.onBytes((bytes) => (sent += bytes));
  await board.waitFor('-> null');
  const state = 'IMPROV\x01\x03\x02\x02\x00';
  const sum = (text: string): string =>
    String.fromCharCode([...text].reduce((all, char) => all + char.charCodeAt(0), 0) & 255);
  const ready = `IMPROV\x01\x01\x01\x02${sum('IMPROV\x01\x01\x01\x02')}\n`;
  board.serialLine.send('\x00\xff\xfe' + state.slice(0, 5));
  await pass(2_000);
  board.serialLine.send(state + sum(state) + '\n');
  await until(() => sent.includes(ready));
  sent = '';
  board.serialLine.send(`${state}x\n`);
  await until(() => sent.includes('IMPROV\x01\x02\x01\x01'), 'error 1: invalid packet');
  const hasty = 'IMPROV\x01\x03\x04\x01\x02\x01H';
  sent = '';
  board.serialLine.send(`${hasty}${sum(hasty)}\n`);
  await until(() => sent.includes('IMPROV\x01\x02\x01\x01'), 'one text is too few');
  for (const char of state + sum(state)) board.serialLine.send(char);
  await until(() => sent.includes(ready));
  assert.ok(!sent.includes('<- null'));
});

test('load() in the middle leaves the console to the next program', async (t) => {
  const { board } = await createBench(t, { files: { 'light.ap': 'correct horse' } });
  await board.waitFor('-> null');
  (board.global()['load'] as () => void)();
  await board.waitFor('<- null');
  await board.waitFor('boot light');
});

test('a flash that is full: nothing is saved, and the person is told', async (t) => {
  const home = await createBench(t);
  await home.board.waitFor('-> null');
  const free = (home.storage.module as { getFree(): number }).getFree();
  home.storage.install('ballast', 'x'.repeat(free - 1_100));
  assert.match(await home.fillIn(RIGHT), /Not saved: the flash is full/);
  assert.equal(home.saved(), undefined);
});

/** Callbacks from the address on, and calls of the chip's functions in them, between which the program is cut off. */
const CUTS = [[1, 1], [2, 2], [3, 0], [4, 1], [5, 2], [6, 0], [8, 0], [8, 3]] as const; // prettier-ignore

test('wherever the interpreter cuts a callback off when the address comes, the board can be set up', async (t) => {
  await Promise.all(
    CUTS.map(async ([nth, calls]) => {
      const home = await createBench(t, { speed: 8 });
      await home.board.waitFor('-> null');
      home.board.cutOff(nth, calls);
      await home.fillIn(RIGHT);
      if (home.board.softAp()) await home.fillIn(RIGHT);
      await home.board.waitFor('set-up mode is over');
      await home.board.waitFor('mqtt connected', 40_000); // a restart that was cut off is the watchdog's, after 120 s
    }),
  );
});

test('the light does not restart while a network is tried', async (t) => {
  const home = await createBench(t);
  const boots = (): number => home.board.console.filter((line) => line.startsWith('boot light')).length;
  await home.board.waitFor('-> null');
  await home.pass(5_000);
  home.board.type('setTimeout(() => { throw new Error("of order") }, 1)');
  await home.post({ ...RIGHT, p: 'wrong-password' });
  await home.pass(8_000);
  assert.equal(boots(), 1);
  await home.until(() => boots() === 2);
});
