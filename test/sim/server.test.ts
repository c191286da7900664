import assert from 'node:assert/strict';
import { once as onceEver, type EventEmitter } from 'node:events';
import { connect, type Socket } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { BoardOptions } from '../../sim/board/board.ts';
import { createHouse } from '../../sim/house.ts';

const AP = `const wifi = require('Wifi');
  const open = (then) => wifi.startAP('light-0001', { password: 'correct horse' }, then || (() => print('open')));`;

/** A test that waits in vain fails. */
const once = (peer: EventEmitter, event: string) => onceEver(peer, event, { signal: AbortSignal.timeout(20_000) });

/** An echo server that tells what happens. */
const ECHO = `${AP} open();
  const sockets = [];
  const server = require('net').createServer((s) => {
    sockets.push(s); print('peer');
    s.on('data', (d) => s.write(d)); s.on('end', () => print('end')); s.on('close', () => print('close'));
  });
  server.listen(80);`;

async function bench(t: TestContext, firmware: string, options: BoardOptions = {}) {
  const house = createHouse({ speed: 20 });
  const board = house.board({ firmware, ...options });
  const peers: Socket[] = [];
  t.after(() => {
    peers.forEach((peer) => peer.destroy());
    house.dispose();
  });
  await board.waitFor(() => board.console.length > 0);

  async function join(): Promise<Socket> {
    const peer = connect({ host: '127.0.0.1', port: (await board.serverPort(80))! });
    peers.push(peer);
    peer.on('error', () => {});
    await once(peer, 'connect');
    return peer;
  }
  return { house, board, join };
}

const echo = async (peer: Socket, text: string): Promise<string> => {
  peer.write(text);
  const [bytes] = (await once(peer, 'data')) as [Buffer];
  return bytes.toString();
};

test('a server takes peers, and carries bytes both ways until either end closes', async (t) => {
  const { board, join } = await bench(t, ECHO);
  const peer = await join();
  await board.waitFor('peer');
  assert.equal(await echo(peer, 'hello'), 'hello');
  assert.equal(board.openSockets(), 2, 'the listening one counts');
  peer.end();
  await board.waitFor('close');
  await once(peer, 'close');
  const other = await join();
  await board.waitFor('peer');
  board.type('sockets[1].end()');
  await once(other, 'end');
});

test('ten sockets are all: a peer more is reset, and a connect of the board throws', async (t) => {
  const { board, join, house } = await bench(t, ECHO);
  for (let count = 1; count < 10; count += 1) await join();
  await board.waitFor(() => board.openSockets() === 10);
  const last = await join();
  await new Promise((resolve) => last.once('close', resolve));
  assert.equal(board.openSockets(), 10);
  house.hosts.set('broker', '127.0.0.1:9');
  board.type('wifi.connect("Home", { password: "secret-password" }, () => print("joined"))');
  await board.waitFor('joined');
  board.type('try { require("net").connect({ host: "broker", port: 1 }) } catch (e) { print(e.message) }');
  await board.waitFor('Unable to create socket');
});

test('nobody gets through while the access point is off, and who was there hears nothing more', async (t) => {
  const { board, join } = await bench(t, ECHO);
  const peer = await join();
  assert.equal(await echo(peer, 'one'), 'one');
  board.type('wifi.stopAP()');
  peer.write('two');
  const late = await join();
  late.write('three');
  await assert.rejects(board.waitFor(() => board.openSockets() > 2, 100));
  assert.equal(peer.bytesRead, 3);
  board.type('open()');
  await board.waitFor(() => board.openSockets() === 3);
  await once(late, 'data');
});

test('joining a network moves the access point to its channel: peers are lost, and new ones wait for seconds', async (t) => {
  const { board, join } = await bench(t, ECHO);
  const peer = await join();
  assert.equal(await echo(peer, 'one'), 'one');
  board.type('wifi.on("associated", () => print("moved"))');
  board.type('const from = getTime(); wifi.connect("Home", { password: "secret-password" }, () => print("joined"))');
  await board.waitFor('moved');
  const late = await join();
  assert.equal(await echo(late, 'two'), 'two');
  board.type('print("after", getTime() - from > 2.9)');
  await board.waitFor('after true');
  peer.write('x');
  assert.equal(await echo(late, 'three'), 'three');
  assert.equal(peer.bytesRead, 3);
});

test('a port in use, a callback that is none', async (t) => {
  const { board } = await bench(t, `${ECHO} const net = require('net');`);
  board.type('try { net.createServer(() => {}).listen(80) } catch (e) { print(e.message) }');
  await board.waitFor('ERROR: Socket bind failed');
  await board.waitFor('Unable to create socket');
  board.type('try { net.createServer() } catch (e) { print(e.message) }');
  await board.waitFor('Expecting Callback Function but got undefined');
  board.type('server.close(); server.close()');
  await board.waitFor('WARNING: Server not found!');
  assert.equal(board.serverPort(80), undefined);
});

test('load() closes the servers and their sockets without an event', async (t) => {
  const { board, join } = await bench(t, ECHO);
  const peer = await join();
  await board.waitFor('peer');
  board.type('load()');
  await once(peer, 'end');
  await board.waitFor('open');
  assert.equal(board.openSockets(), 1);
  assert.ok(!board.console.includes('close'));
});

test('the access point: its own open one at first, then what startAP says; wrong arguments throw', async (t) => {
  const { board } = await bench(t, `${AP} print(wifi.getStatus().mode)`, { serial: 'a0b1c2d3-0001' });
  await board.waitFor('AP');
  assert.deepEqual(board.softAp(), { ssid: 'ESP_D30001', authMode: 'open', password: '' });
  board.type('open()');
  await board.waitFor('open');
  assert.deepEqual(board.softAp(), { ssid: 'light-0001', authMode: 'wpa2', password: 'correct horse' });
  board.type('wifi.stopAP(() => print(wifi.getStatus().mode))');
  await board.waitFor('NULL');
  assert.equal(board.softAp(), undefined);
  board.type('try { wifi.startAP("x", { password: "short" }) } catch (e) { print(e.message) }');
  await board.waitFor('Password must be string of at least 8 characters');
});

test('a scan takes 2.5 s, one at a time; during an association its callback never comes', async (t) => {
  const { board, house } = await bench(t, `const wifi = require('Wifi'); print('ready')`);
  house.accessPoint.neighbours.push({
    ssid: 'x'.repeat(40),
    mac: '02:00:00:00:00:02',
    rssi: -90,
    authMode: 'open',
    channel: '1',
  });
  board.type('const from = getTime(); wifi.scan((l) => { list = l; print("heard", getTime() - from >= 2.4) })');
  board.type('try { wifi.scan(() => {}) } catch (e) { print(e.message) }');
  await board.waitFor('A scan is already in progress');
  await board.waitFor('heard true');
  board.type('print(list.map((n) => [n.ssid, n.authMode, n.rssi, n.channel].join()).join(" "))');
  await board.waitFor(`Home,wpa2,-58,6 ${'x'.repeat(32)},open,-90,1`);
  board.type(
    'wifi.connect("Home", { password: "secret-password" }, () => print("joined")); wifi.scan(() => print("late"))',
  );
  await board.waitFor('joined');
  board.type('try { wifi.scan(() => {}) } catch (e) { print(e.message) }');
  await board.waitFor('A scan is already in progress');
  assert.ok(!board.console.includes('late'));
});
