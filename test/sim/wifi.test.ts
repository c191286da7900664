import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { BoardOptions } from '../../sim/board/board.ts';
import { createHouse } from '../../sim/house.ts';
import { createRogueBroker, scripts, type RogueScript } from '../../sim/broker/rogue.ts';

const WATCHED = `
  const wifi = require('Wifi');
  const now = () => Math.round(getTime());
  wifi.on('associated', () => print('associated'));
  wifi.on('connected', (d) => print('connected', d.ip));
  wifi.on('disconnected', (d) => print('disconnected', d.reason, d.msg, now()));
  const join = (password, callback) => wifi.connect('Home', { password: password || 'secret-password' }, callback);
`;

function bench(t: TestContext, program: string, options: BoardOptions = {}) {
  const house = createHouse({ speed: 20 });
  t.after(house.dispose);
  return { house, board: house.board({ firmware: WATCHED + program, ...options }) };
}

/** A board that has joined and holds a socket to a scripted peer. */
async function connected(t: TestContext, script: RogueScript = scripts.silent()) {
  const server = createRogueBroker(script);
  const port = await server.start();
  t.after(() => server.stop());
  const { house, board } = bench(
    t,
    `let s; join('', () => { s = require('net').connect({ host: 'peer', port: 1 }); s.write('hello');
       s.on('data', (d) => print('data', d)); s.on('close', () => print('close')); print('open'); });
     const dial = () => { const from = getTime(); try { require('net').connect({ host: 'peer', port: 1 }); print('dialled') }
       catch (e) { print(e.message, Math.round(getTime() - from)) } };`,
  );
  house.hosts.set('peer', `127.0.0.1:${port}`);
  await board.waitFor('open');
  await board.waitFor(() => server.peers[0]?.received() === 'hello');
  return { house, board, server };
}

const seen = (console: string[], word: string): number => console.filter((line) => line.startsWith(word)).length;

test('joins: associated, the callback with null, connected with the address', async (t) => {
  const { board } = bench(t, `print(wifi.getIP().ip); join('', (e) => print('callback', e, wifi.getIP().ip))`, {
    ip: '192.168.1.77',
  });
  await board.waitFor('connected 192.168.1.77');
  assert.deepEqual(board.console, ['0.0.0.0', 'associated', 'callback null 192.168.1.77', 'connected 192.168.1.77']);
});

test('throws for options that are null, a password that is no string, a missing name', (t) => {
  const { board } = bench(
    t,
    `for (const args of [['Home', null], ['Home', { password: 5 }], [undefined]]) try { wifi.connect(args[0], args[1]) } catch (e) { print(e.message) }`,
  );
  return board.waitFor('No SSID provided').then(() => assert.equal(board.console.length, 3));
});

test('with a wrong password the callback never comes: only disconnected, after three tries', async (t) => {
  const { board } = bench(t, `join('wrong', (e) => print('callback', e)); setTimeout(() => print('over'), 30000)`);
  await board.waitFor(/^disconnected 15 4WAY_HANDSHAKE_TIMEOUT (9|1[01])$/);
  await board.waitFor('over');
  assert.equal(seen(board.console, 'callback'), 0);
  assert.equal(seen(board.console, 'disconnected'), 1, 'and it does not try again by itself');
});

test('a missing network gives one event, after 2.8 s', async (t) => {
  const { board } = bench(
    t,
    `wifi.connect('Elsewhere', {}, (e) => print('callback', e)); setTimeout(() => print('over'), 9000)`,
  );
  await board.waitFor(/^disconnected 201 NO_AP_FOUND (2|3)$/);
  await board.waitFor('over');
  assert.equal(seen(board.console, 'callback') + seen(board.console, 'disconnected'), 1);
});

test('a later interpreter gives the reason to the callback', async (t) => {
  const { board } = bench(t, `wifi.connect('Elsewhere', {}, (e) => print('callback', e))`, {
    wifi: { callsBackOnFailure: true },
  });
  await board.waitFor('callback NO_AP_FOUND');
});

test('an access point that goes is noticed within 10 s, and nobody reconnects when it returns', async (t) => {
  const { board, house } = await connected(t);
  const goneMs = board.nowMs();
  house.accessPoint.off();
  await board.waitFor(/^disconnected 201/);
  assert.ok(board.nowMs() - goneMs < 12_000, `${board.nowMs() - goneMs} ms`);
  house.accessPoint.on();
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal(seen(board.console, 'connected'), 1);
  board.type('join()');
  await board.waitFor('connected');
});

test('a short drop gives a second connected without a disconnected before it', async (t) => {
  const { board, house } = await connected(t);
  const goneMs = board.nowMs();
  house.accessPoint.off();
  await board.waitFor(() => board.nowMs() - goneMs > 6000);
  house.accessPoint.on();
  await board.waitFor(() => seen(board.console, 'connected') === 2);
  assert.equal(seen(board.console, 'disconnected'), 0);
});

test('a short absence of the access point gives no event at all', async (t) => {
  const { board, house } = await connected(t);
  house.accessPoint.off();
  const goneMs = board.nowMs();
  await board.waitFor(() => board.nowMs() - goneMs > 2000);
  house.accessPoint.on();
  await board.waitFor(() => board.nowMs() - goneMs > 20_000);
  assert.equal(seen(board.console, 'connected') + seen(board.console, 'disconnected'), 1);
});

test('a station that does not notice gives no event, and its sockets are silent', async (t) => {
  const { board, house } = bench(t, `join(); setInterval(() => print('tick', wifi.getIP().ip), 10000)`, {
    wifi: { noticesLoss: false },
    ip: '192.168.1.9',
  });
  await board.waitFor('connected');
  house.accessPoint.off();
  await board.waitFor('tick 192.168.1.9');
  await board.waitFor('tick 192.168.1.9');
  assert.equal(seen(board.console, 'disconnected'), 0);
});

test('closes no socket: what was sent meanwhile arrives when the radio is back', async (t) => {
  const { board, house, server } = await connected(t);
  house.accessPoint.off();
  server.peers[0]?.send('late');
  board.type(`s.write('more')`);
  await board.waitFor(/^disconnected/);
  assert.equal(board.openSockets(), 1);
  assert.equal(seen(board.console, 'data'), 0);
  house.accessPoint.on();
  board.type('join()');
  await board.waitFor('data late');
  await board.waitFor(() => server.peers[0]?.received() === 'hellomore');
  assert.equal(seen(board.console, 'close'), 0);
});

test('a socket that is ended while the radio is away is closed for the peer when it is back', async (t) => {
  const { board, house, server } = await connected(t);
  let isEnded = false;
  void server.peers[0]?.packet().then(() => (isEnded = true));
  house.accessPoint.off();
  board.type(`s.end()`);
  await board.waitFor('close');
  await board.waitFor(/^disconnected/);
  assert.equal(isEnded, false);
  house.accessPoint.on();
  board.type('join()');
  await board.waitFor(() => isEnded);
});

test('a connection that did not survive stays open and silent for ever', async (t) => {
  const { board, house, server } = await connected(t);
  house.accessPoint.off('dead');
  server.peers[0]?.send('lost');
  await board.waitFor(/^disconnected/);
  house.accessPoint.on();
  board.type('join()');
  await board.waitFor('connected');
  server.peers[0]?.end();
  const backMs = board.nowMs();
  await board.waitFor(() => board.nowMs() - backMs > 10_000);
  assert.equal(seen(board.console, 'data') + seen(board.console, 'close'), 0);
  assert.equal(board.openSockets(), 1);
  board.type('dial()');
  await board.waitFor('dialled');
});

test('a connect blocks while the loss is unnoticed, and for 8 s without an address', async (t) => {
  const { board, house } = await connected(t);
  house.accessPoint.off();
  board.type('dial()');
  await board.waitFor('Unable to create socket 18');
  await board.waitFor(/^disconnected/);
  board.type(`dial()`);
  await board.waitFor('Unable to locate host 8');
});

test('leaving calls its callback twice, and gives disconnected', async (t) => {
  const { board } = bench(t, `join('', () => wifi.disconnect(() => print('left')))`);
  await board.waitFor('disconnected 8 ASSOC_LEAVE');
  await board.waitFor(() => seen(board.console, 'left') === 2);
  assert.equal(seen(board.console, 'left'), 2);
});

test('leaving silences the sockets, and closes none', async (t) => {
  const { board, server } = await connected(t);
  board.type(`wifi.disconnect()`);
  await board.waitFor('disconnected 8');
  server.peers[0]?.send('unheard');
  board.type(`setTimeout(() => print('later'), 3000)`);
  await board.waitFor('later');
  assert.equal(seen(board.console, 'data') + seen(board.console, 'close'), 0);
  assert.equal(board.openSockets(), 1);
});

test('a second connect of a joined station is ignored: its callback never comes', async (t) => {
  const { board } = bench(
    t,
    `join('', () => { join('', () => print('again')); setTimeout(() => print('over'), 9000) })`,
  );
  await board.waitFor('over');
  assert.equal(seen(board.console, 'again'), 0);
  assert.equal(seen(board.console, 'associated'), 1);
});

test('a second connect of a joined station leaves first and joins anew on a later interpreter', async (t) => {
  const { board } = bench(t, `join('', () => join('', () => print('again')))`, { wifi: { callsBackOnFailure: true } });
  await board.waitFor('again');
  assert.equal(seen(board.console, 'associated'), 2);
  assert.equal(seen(board.console, 'disconnected'), 0);
});

test('reports the reason of the last failure when it is not joined', async (t) => {
  const { board } = bench(
    t,
    `wifi.connect('Elsewhere'); wifi.on('disconnected', () => print(wifi.getStatus().station, wifi.getDetails().status, wifi.getIP().ip))`,
  );
  await board.waitFor('NO_AP_FOUND NO_AP_FOUND 0.0.0.0');
});

const MODE = `const mode = () => wifi.getStatus().mode;`;

test("the board's own access point is on at every boot until it is stopped, and the station stays", async (t) => {
  const { board } = bench(
    t,
    `${MODE} print(mode()); join('', () => { print(mode()); const from = getTime(); wifi.stopAP(() => print(mode(), wifi.getIP().ip));
       print('blocked', Math.round((getTime() - from) * 1000)); setTimeout(() => print('left'), 500) })`,
    { ip: '192.168.1.9' },
  );
  await board.waitFor('STA 192.168.1.9');
  assert.deepEqual(board.console.filter((line) => /^(AP|STA|blocked 1)/.test(line)).slice(0, 2), ['AP', 'APSTA']);
  assert.ok(
    board.console.some((line) => /^blocked 1\d$/.test(line)),
    board.console.join(),
  );
  await board.waitFor('left');
  assert.equal(seen(board.console, 'disconnected'), 0);
  board.reset();
  await board.waitFor(/^AP$/);
});

test('a later interpreter opens no access point of its own', async (t) => {
  const { board } = bench(t, `${MODE} print(mode()); join('', () => print(mode()))`, {
    wifi: { callsBackOnFailure: true, hasOwnAccessPoint: false },
  });
  await board.waitFor(/^STA$/);
  assert.equal(board.console[0], 'NULL');
});

test('a zombie keeps its address and fails every connect after a block, until it leaves and joins', async (t) => {
  const { board, house, server } = await connected(t);
  board.becomeZombie();
  server.peers[0]?.send('unheard');
  board.type('dial(); print(wifi.getStatus().station, wifi.getIP().ip !== "0.0.0.0")');
  await board.waitFor('err 113');
  await board.waitFor('Unable to create socket 18');
  await board.waitFor('connected true');
  board.type('setTimeout(() => print("early"), 3000)');
  await board.waitFor('early');
  assert.equal(seen(board.console, 'data'), 0);
  house.accessPoint.off();
  house.accessPoint.on();
  board.type('join(); dial(); setTimeout(() => print("later"), 3000)');
  await board.waitFor('Unable to create socket 18');
  await board.waitFor('later');
  assert.equal(seen(board.console, 'disconnected') + seen(board.console, 'data'), 0);
  board.type('wifi.disconnect(); setTimeout(() => join("", dial), 500)');
  await board.waitFor('dialled');
});

test('on a house network with the numbers of its own access point a board connects only without that', async (t) => {
  const { house } = await connected(t);
  const other = house.board({
    firmware: `${WATCHED} const dial = () => { try { require('net').connect({ host: 'peer', port: 1 }); print('dialled') } catch (e) { print(e.message) } };
      join('', () => { dial(); wifi.stopAP(dial) })`,
    ip: '192.168.4.20',
  });
  await other.waitFor('Unable to create socket');
  await other.waitFor('dialled');
});
