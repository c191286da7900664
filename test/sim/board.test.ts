import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createVirtualBoard, type BoardOptions } from '../../sim/board/board.ts';
import { createHouse } from '../../sim/house.ts';
import { createRogueBroker, scripts } from '../../sim/broker/rogue.ts';
import { createStorage } from '../../sim/board/storage.ts';

function bench(t: TestContext, firmware: string, options: BoardOptions = {}) {
  const house = createHouse({ speed: 20 });
  t.after(house.dispose);
  return { house, board: house.board({ firmware, ...options }) };
}

test('boots .bootcde with the globals of the chip, and then emits init', async (t) => {
  const { board } = bench(
    t,
    `E.on('init', () => print('init')); print(getSerial(), process.env.BOARD, process.env.VERSION, D5, BTN1, getTime() < 1);
     print(process.memory().total, ESP32.getState().freeHeap > 0, E.CRC32('hello'))`,
    { serial: 'aabbccdd-eeff' },
  );
  await board.waitFor('init');
  assert.deepEqual(board.console, ['aabbccdd-eeff ESP32 2v27 D5 D0 true', '5886 true 907060870', 'init']);
});

test('runs .boot0 to .boot3 before .bootcde, and nothing when the flash is empty', async (t) => {
  const storage = createStorage({ files: { '.boot1': 'print("one")', '.boot0': 'print("zero")' } });
  const { board } = bench(t, 'print("code")', { storage });
  await board.waitFor('code');
  assert.deepEqual(board.console, ['zero', 'one', 'code']);
});

test('two boards get the same numbers from Math.random at every boot', async (t) => {
  const { board, house } = bench(t, 'print(Math.random(), E.hwRand())');
  const other = house.board({ firmware: 'print(Math.random(), E.hwRand())' });
  await Promise.all([board.waitFor(/^0\.93255273858/), other.waitFor(/^0\.93255273858/)]);
  assert.deepEqual(board.console, other.console);
  board.reset();
  await board.waitFor(/^0\.93255273858/);
});

test('an exception in a callback is printed and the program goes on', async (t) => {
  const { board } = bench(
    t,
    `setTimeout(() => { throw new Error('boom') }, 10); setTimeout(() => print('on'), 50); clearTimeout(undefined)`,
  );
  await board.waitFor(/^on$/);
  assert.match(board.console[0] ?? '', /^Uncaught Error: clearTimeout\(undefined\) not allowed/);
  assert.match(board.console[1] ?? '', /^\s+at \.bootcde:1:\d+$/);
  assert.ok(board.console.includes('Uncaught Error: boom'));
});

test('a throw inside a timer that was to set itself again ends it', async (t) => {
  const { board } = bench(
    t,
    `let n = 0; function retry() { n++; if (n === 2) throw new Error('boom'); setTimeout(retry, 100) } setTimeout(retry, 100); setTimeout(() => print('tries', n), 2000)`,
  );
  await board.waitFor('tries 2');
});

test("an exception goes to process's uncaughtException instead of the console", async (t) => {
  const { board } = bench(
    t,
    `process.on('uncaughtException', (e) => print('caught', e.message)); setTimeout(() => { throw new Error('boom') }, 1)`,
  );
  await board.waitFor('caught boom');
  assert.ok(!board.console.some((line) => line.startsWith('Uncaught')));
});

test('a peek32 of a forbidden address crashes the board, which resets', async (t) => {
  const { board } = bench(
    t,
    `print('boot'); setTimeout(() => { try { peek32(0x1234) } catch (e) { print('caught') } print('after') }, 100)`,
  );
  await board.waitFor('Guru Meditation Error');
  await board.waitFor('rst: crash');
  await board.waitFor('boot');
  assert.ok(!board.console.includes('caught') && !board.console.includes('after'));
});

test('a stopped chip writes no pin and no flash, even if its program catches the exception', async (t) => {
  const { board } = bench(
    t,
    `const s = require('Storage'); let isFirst = !s.read('f'); s.write('f', 'alive');
     if (isFirst) setTimeout(() => { try { E.reboot() } catch (e) { D5.write(1); s.write('f', 'dead') } }, 100); else print('back', s.read('f'))`,
  );
  await board.waitFor('back alive');
  assert.equal(board.pin('D5').history.length, 0);
  assert.equal(board.storage.writes.length, 1);
});

test('the radio makes the random register random: before Wi-Fi every board reads the same', async (t) => {
  const program = `const read = () => peek32(0x3FF75144); print(read()); require('Wifi').connect('Home', { password: 'secret-password' }, () => print(read()))`;
  const { board, house } = bench(t, program);
  const other = house.board({ firmware: program });
  await Promise.all([board, other].map((each) => each.waitFor(() => each.console.length === 2)));
  assert.equal(board.console[0], other.console[0]);
  assert.notEqual(board.console[1], other.console[1]);
});

test('E.reboot ends the program at once and boots again, and a register holds the cause', async (t) => {
  const { board } = bench(
    t,
    `const cause = peek32(0x3FF48034) & 63; print('cause', cause); if (cause === 1) { E.reboot(); print('after') }`,
  );
  await board.waitFor('cause 1');
  await board.waitFor('cause 12');
  assert.ok(!board.console.includes('after'));
  assert.deepEqual(
    board.resets.map(({ cause }) => cause),
    ['power', 'reboot'],
  );
});

test('a hung program is reset by the watchdog, and hangs for ever without', async (t) => {
  const hang = `print('boot'); setTimeout(() => { while (true); }, 100);`;
  const { board, house } = bench(t, `E.enableWatchdog(5, true); ${hang}`, { hangLimitMs: 300 });
  const other = house.board({ firmware: `${hang} setInterval(() => print('alive'), 1000)`, hangLimitMs: 300 });
  await board.waitFor('rst: watchdog');
  await board.waitFor('boot');
  assert.ok((board.resets[1]?.timeMs ?? 0) >= 5000);
  assert.deepEqual(other.console, ['boot']);
});

test('a connect that blocks longer than the watchdog waits is a reset too', async (t) => {
  const dial = `require('Wifi').connect('Home', { password: 'secret-password' }, () => { try { require('net').connect({ host: 'hole', port: 1 }) } catch (e) { print(e.message) } })`;
  const { board, house } = bench(t, `E.enableWatchdog(10); ${dial}`);
  const patient = house.board({ firmware: `E.enableWatchdog(60); ${dial}` });
  house.hosts.set('hole', 'blackhole');
  await board.waitFor('rst: watchdog');
  await patient.waitFor('Unable to create socket');
  assert.ok(!patient.console.includes('rst: watchdog'));
});

test('a watchdog that is not automatic must be kicked', async (t) => {
  const { board, house } = bench(t, `E.enableWatchdog(3, false)`);
  const kicking = house.board({
    firmware: `E.enableWatchdog(3, false); setInterval(() => E.kickWatchdog(), 500); setTimeout(() => print('lives'), 9000)`,
  });
  await board.waitFor('rst: watchdog');
  await kicking.waitFor('lives');
  assert.equal(kicking.resets.length, 1);
});

test('an automatic watchdog does not reset an idle program', async (t) => {
  const { board } = bench(t, `E.enableWatchdog(2, true); setTimeout(() => print('lives'), 10000)`);
  await board.waitFor('lives');
});

test('the telnet prompt is open once Wi-Fi is up, until it is closed', async (t) => {
  const { board, house } = bench(
    t,
    `require('Wifi').connect('Home', { password: 'secret-password' }, () => print('up'))`,
  );
  await board.waitFor('up');
  assert.equal(board.isTelnetOpen(), true);
  board.type(
    `for (const o of [null, { mode: 'ajar' }]) try { require('TelnetServer').setOptions(o) } catch (e) { print(e.message) }`,
  );
  await board.waitFor('Expecting Object');
  await board.waitFor('Unknown mode value');
  board.type(`require('TelnetServer').setOptions({ mode: 'off' })`);
  assert.equal(board.isTelnetOpen(), false);
  const without = house.board({
    firmware: `try { require('TelnetServer') } catch (e) { print(e.message) }`,
    missingModules: ['TelnetServer'],
  });
  await without.waitFor('Module "TelnetServer" not found');
});

test('modules can be added by the program and by the test', async (t) => {
  const { board } = bench(
    t,
    `Modules.addCached('mine', function (exports) { exports.five = 5 }); print(require('mine').five, require('extra').six)`,
    { extraModules: { extra: { six: 6 } } },
  );
  await board.waitFor('5 6');
});

test('flash survives a power cycle, variables and timers do not', async (t) => {
  const { board } = bench(
    t,
    `const s = require('Storage'); const n = (s.readJSON('n', true) || { n: 0 }).n + 1; s.write('n', { n: n }); print('boot', n); setTimeout(() => print('timer', n), 2000)`,
  );
  await board.waitFor('boot 1');
  board.powerOff();
  board.powerOn();
  await board.waitFor('boot 2');
  await board.waitFor('timer 2');
  assert.ok(!board.console.includes('timer 1'));
});

test('a power cut in the middle of a write stops the board at once', async (t) => {
  const { board } = bench(
    t,
    `const s = require('Storage'); print(JSON.stringify(s.read('f'))); setTimeout(() => { try { s.write('f', 'new!') } catch (e) {} print('written'); D5.write(1) }, 100)`,
  );
  board.storage.install('f', 'old!');
  board.storage.cutPowerDuring('f', 'truncated');
  await board.waitFor(() => !board.isOn() && board.console.length > 0);
  assert.deepEqual(board.console, ['"old!"']);
  assert.equal(board.pin('D5').history.length, 0);
  board.powerOn();
  await board.waitFor('"ne\\u00FF\\u00FF"');
  await board.waitFor('written');
});

test('a board with half a program in its flash has a prompt', async (t) => {
  const { board } = bench(t, `print('boot'`);
  await board.waitFor(/^Uncaught SyntaxError/);
  board.type('print("prompt")');
  await board.waitFor('prompt');
});

test('a lamp is dark without power, and its history stays', async (t) => {
  const { board } = bench(t, `D5.write(1)`);
  await board.waitFor(() => board.pin('D5').duty() === 1);
  board.powerOff();
  assert.equal(board.pin('D5').duty(), 0);
  assert.equal(board.pin('D5').history.length, 1);
});

test('a button reaches a watch, debounced, also while the network is away', async (t) => {
  const { board } = bench(
    t,
    `setWatch((e) => print('press', e.state), D0, { repeat: true, edge: 'falling', debounce: 50 }); print('ready')`,
  );
  await board.waitFor('ready');
  board.pin('D0').drive(0);
  await board.waitFor('press false');
});

test('timers that fell due in a block fire late, in the order of creation', async (t) => {
  const { board, house } = bench(
    t,
    `require('Wifi').connect('Home', { password: 'secret-password' }, () => {
       setTimeout(() => print('timer b'), 2000); setTimeout(() => print('timer a'), 1000);
       try { require('net').connect({ host: 'hole', port: 1 }) } catch (e) {} })`,
  );
  house.hosts.set('hole', 'blackhole');
  await board.waitFor('timer a');
  assert.deepEqual(board.console.slice(-2), ['timer b', 'timer a']);
});

test('the peer of a board without power notices nothing, and gets a reset once the board runs again', async (t) => {
  const server = createRogueBroker(scripts.silent());
  const port = await server.start();
  t.after(() => server.stop());
  const { board, house } = bench(
    t,
    `require('Wifi').connect('Home', { password: 'secret-password' }, () => { if (!require('Storage').read('once')) { require('Storage').write('once', '1'); require('net').connect({ host: 'peer', port: 1 }).write('hello') } print('up') })`,
  );
  house.hosts.set('peer', `127.0.0.1:${port}`);
  await board.waitFor(() => server.peers[0]?.received() === 'hello');
  let isClosed = false;
  void server.peers[0]?.closed.then(() => (isClosed = true));
  board.powerOff();
  server.peers[0]?.send('anybody there?');
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(isClosed, false);
  board.powerOn();
  await board.waitFor('up');
  await server.peers[0]?.closed;
});

test('a board that loses power can close its connections', async (t) => {
  const server = createRogueBroker(scripts.silent());
  const port = await server.start();
  t.after(() => server.stop());
  const { board, house } = bench(
    t,
    `require('Wifi').connect('Home', { password: 'secret-password' }, () => require('net').connect({ host: 'peer', port: 1 }).write('hello'))`,
  );
  house.hosts.set('peer', `127.0.0.1:${port}`);
  await board.waitFor(() => server.peers[0]?.received() === 'hello');
  board.powerOff('reset');
  await server.peers[0]?.closed;
});

test('a wait that fails shows the console and what was matched', async (t) => {
  const { board } = bench(t, `print('one'); print('two')`);
  await board.waitFor('one');
  await assert.rejects(board.waitFor(/three/, 50), /waited 50 ms for \/three\/ in vain[^]*  {3}one\n {2}> two/);
});

test('waits match each line once, in order', async (t) => {
  const { board } = bench(t, `print('a'); print('a')`);
  await board.waitFor('a');
  await board.waitFor('a');
  await assert.rejects(board.waitFor('a', 50));
});

test('chip time runs as fast as asked', async (t) => {
  const { board } = bench(t, `setTimeout(() => print('minute'), 60000)`, { speed: 200 });
  const startMs = performance.now();
  await board.waitFor('minute');
  const wallMs = performance.now() - startMs;
  assert.ok(wallMs > 290 && wallMs < 600, `${wallMs} ms`);
});

test('a board that was never switched on costs nothing and can be disposed', () => {
  const board = createVirtualBoard({ firmware: 'print(1)' });
  board.dispose();
  assert.equal(board.isOn(), false);
});

const TICKING = `let n = 0; const at = getTime(); setInterval(() => { n += 1 }, 1000);
  setTimeout(() => print('timer'), 60000); print('boot');`;

test('setTime moves the time and no timer', async (t) => {
  const { board } = bench(t, TICKING);
  await board.waitFor('boot');
  board.type(
    `setTime(1000000000); print('now', Math.round(getTime() / 1000000)); setTimeout(() => print('late', n <= 4), 3000)`,
  );
  await board.waitFor('now 1000');
  await board.waitFor('late true');
  assert.ok(!board.console.includes('timer'));
});

test('the network sets the clock: timers are due at once, and intervals fire in a burst', async (t) => {
  const { board } = bench(t, TICKING);
  await board.waitFor('boot');
  board.setClock(3600);
  await board.waitFor('timer');
  assert.ok(board.nowMs() < 10_000, 'a minute has not passed');
  await board.waitFor(() => (board.type('global.seen = n'), Number(board.global()['seen']) >= 3590));
  board.type(`print('now', Math.floor(getTime() / 600))`);
  await board.waitFor('now 6');
});

test('a clock that is set back delays every timer', async (t) => {
  const { board } = bench(t, `setTime(1000); setTimeout(() => print('timer'), 5000); print('boot')`);
  await board.waitFor('boot');
  board.setClock(980);
  const fromMs = board.nowMs();
  await board.waitFor('timer');
  assert.ok(board.nowMs() - fromMs > 20_000);
});

test('a value that is nested deeper than the stack restarts the chip', async (t) => {
  const { board } = bench(
    t,
    `setTimeout(() => { try { JSON.parse('['.repeat(1000)) } catch (e) { print('caught') } }, 100)`,
  );
  await board.waitFor(/stack overflow/);
  assert.equal(board.resets.at(-1)?.cause, 'crash');
});
