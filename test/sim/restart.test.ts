import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { BoardOptions } from '../../sim/board/board.ts';
import { createHouse } from '../../sim/house.ts';
import { createRogueBroker, scripts } from '../../sim/broker/rogue.ts';

const JOIN = `
  const wifi = require('Wifi');
  const join = (callback) => wifi.connect('Home', { password: 'secret-password' }, callback);
  wifi.on('connected', (d) => print('event', d.ip));
  wifi.on('disconnected', (d) => print('event', d.msg));
`;

function bench(t: TestContext, program: string, options: BoardOptions = {}) {
  const house = createHouse({ speed: 20 });
  t.after(house.dispose);
  return { house, board: house.board({ firmware: JOIN + program, ip: '192.168.1.9', ...options }) };
}

const count = (console: string[], line: string | RegExp): number =>
  console.filter((each) => (typeof line === 'string' ? each === line : line.test(each))).length;

test('E.reboot of a joined station panics before it restarts', async (t) => {
  const { board } = bench(
    t,
    `print('cause', peek32(0x3FF48034) & 63); E.on('kill', () => print('kill'));
    if (!require('Storage').read('once')) join(() => { require('Storage').write('once', '1'); E.reboot(); print('after') })`,
  );
  await board.waitFor('kill');
  await board.waitFor(/^Guru Meditation Error: Core {2}0 panic'ed \(LoadProhibited\)/);
  await board.waitFor(/^rst: crash/);
  await board.waitFor('cause 12');
  assert.equal(count(board.console, 'after'), 0);
  assert.equal(board.resets.at(-1)?.cause, 'crash');
});

const LEAVES = `if (!require('Storage').read('once')) join(() => { require('Storage').write('once', '1'); leave() })`;

test('E.reboot is clean 200 ms after the station has left', async (t) => {
  const { board } = bench(
    t,
    `print('boot'); const leave = () => { wifi.removeAllListeners(); wifi.disconnect(); setTimeout(E.reboot, 200) }; ${LEAVES}`,
  );
  await board.waitFor('rst: reboot');
  await board.waitFor(/^boot$/);
  assert.equal(count(board.console, /Guru/), 0);
});

test('E.reboot panics when the station is asked to leave and nothing is waited for, or when it joins again', async (t) => {
  const { board, house } = bench(t, `const leave = () => { wifi.disconnect(); E.reboot() }; ${LEAVES}`);
  const again = house.board({
    firmware: `${JOIN} wifi.on('disconnected', () => join()); const leave = () => { wifi.disconnect(); setTimeout(E.reboot, 1000) }; ${LEAVES}`,
  });
  await board.waitFor('rst: crash');
  await again.waitFor('rst: crash');
});

test('load() starts the program anew, and nothing is left of the old one', async (t) => {
  const { board } = bench(
    t,
    `print('boot', typeof secret, process.memory().usage); global.secret = 1;
     E.on('kill', () => print('kill')); setWatch(() => print('watch'), D4, { repeat: true, edge: 'both' });
     setInterval(() => print('tick', first), 100); const first = getTime(); setTimeout(() => print('timer', first), 1000)`,
  );
  await board.waitFor('tick');
  const [first] = board.console;
  const timers = board.pendingTimers();
  board.type('load(); print("still")');
  await board.waitFor('still');
  await board.waitFor('kill');
  await board.waitFor(/^boot/);
  assert.equal(board.console.filter((line) => line.startsWith('boot'))[1], first, 'no global, no variable is left');
  assert.equal(board.pendingTimers(), timers);
  board.pin('D4').drive(1);
  await board.waitFor('watch');
  await board.waitFor('timer');
  assert.equal(count(board.console, 'watch'), 1);
  assert.equal(count(board.console, /^timer/), 1);
  assert.equal(new Set(board.console.filter((line) => line.startsWith('timer'))).has('timer 0'), false, 'time goes on');
  assert.equal(board.resets.length, 1);
});

test('load() leaves the station joined: the address is there at once, and no event comes, not even for a connect', async (t) => {
  const { board } = bench(
    t,
    `print('boot', wifi.getIP().ip, wifi.getStatus().mode); join(() => print('callback')); setTimeout(() => print('later'), 5000)`,
  );
  await board.waitFor('event 192.168.1.9');
  board.type(`wifi.stopAP(); load()`);
  await board.waitFor('boot 192.168.1.9 STA');
  await board.waitFor('later');
  assert.equal(count(board.console, 'event 192.168.1.9'), 1);
  assert.equal(count(board.console, 'callback'), 1);
  board.type(`wifi.disconnect(); setTimeout(() => print('gone'), 1000)`);
  await board.waitFor('gone');
  assert.equal(count(board.console, 'event ASSOC_LEAVE'), 1, 'the listeners of the old program are gone');
});

test('load() while the station joins loses the callbacks of both programs; only the address shows the outcome', async (t) => {
  const { board } = bench(
    t,
    `print('boot'); join(() => print('callback')); setInterval(() => print('address', wifi.getIP().ip), 500)`,
  );
  await board.waitFor('boot');
  board.type(`load()`);
  await board.waitFor('address 192.168.1.9');
  board.type(`setTimeout(() => print('later'), 5000)`);
  await board.waitFor('later');
  assert.equal(count(board.console, 'callback') + count(board.console, /^event/), 0);
  board.type(`wifi.disconnect()`);
  await board.waitFor('event ASSOC_LEAVE');
});

test('load() closes the sockets of the old program, and only the peer notices', async (t) => {
  const server = createRogueBroker(scripts.silent());
  const port = await server.start();
  t.after(() => server.stop());
  const { board, house } = bench(
    t,
    `print('boot'); join(() => { const s = require('net').connect({ host: 'peer', port: 1 }); s.write('hello');
       for (const event of ['end', 'close', 'error']) s.on(event, () => print(event)) })`,
  );
  house.hosts.set('peer', `127.0.0.1:${port}`);
  await board.waitFor(() => server.peers[0]?.received() === 'hello');
  const ended = server.peers[0]?.packet();
  board.type('load()');
  assert.equal(await ended, undefined);
  assert.equal(board.openSockets(), 0);
  await board.waitFor(/^boot/);
  assert.equal(count(board.console, /^(end|close|error)$/), 0);
});

test('load() leaves a level and a PWM on most pins, and makes inputs of some', async (t) => {
  const { board } = bench(t, `print('boot')`);
  await board.waitFor('boot');
  board.type(`analogWrite(D5, 0.5); D23.write(1); D13.write(1); analogWrite(D27, 0.5); load()`);
  await board.waitFor('boot');
  const duty = (pin: string): number => board.pin(pin).duty();
  assert.deepEqual([duty('D5'), duty('D23'), duty('D13'), duty('D27')], [0.5, 1, 0, 0]);
  assert.equal(board.pin('D27').mode(), 'input_pullup');
  board.type(`pinMode(D5, 'input'); load()`);
  await board.waitFor('boot');
  board.type(`D5.write(1)`);
  assert.equal(duty('D5'), 1, 'a mode that the old program set is forgotten');
});

test('load() leaves the watchdog running', async (t) => {
  const { board } = bench(t, `print('boot'); if (!global.once) global.once = 1`);
  await board.waitFor('boot');
  board.type(`E.enableWatchdog(3, false); load()`);
  await board.waitFor('rst: watchdog');
});

test('load() of a file runs it instead of the program; reset() runs none', async (t) => {
  const { board } = bench(t, `print('boot')`);
  await board.waitFor('boot');
  board.storage.install('.boot0', `print('zero')`);
  board.storage.install('other', `print('other')`);
  board.type(`load('other')`);
  await board.waitFor('other');
  board.type('reset()');
  await board.waitFor('zero');
  board.type(`setTimeout(() => print('later'), 1000)`);
  await board.waitFor('later');
  assert.deepEqual(board.console, ['boot', 'zero', 'other', 'zero', 'later']);
});

test('the telnet prompt is open again after load()', async (t) => {
  const { board } = bench(t, `print('boot'); join(() => print('up'))`);
  await board.waitFor('up');
  board.type(`require('TelnetServer').setOptions({ mode: 'off' }); load()`);
  await board.waitFor('boot');
  assert.equal(board.isTelnetOpen(), true);
});

test('the register holds the code that the test has set for each reset', async (t) => {
  const { board } = bench(t, `print('cause', peek32(0x3FF48034) & 63)`);
  await board.waitFor('cause 1');
  board.resetCodes.watchdog = 8;
  board.type('E.enableWatchdog(1, false)');
  await board.waitFor('cause 8');
  board.powerOff();
  board.powerOn();
  await board.waitFor('cause 1');
});
