import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createFakeNet } from '../../sim/board/socket.ts';

const WHERE = { host: '192.168.1.10', port: 1883 };

test('records where the firmware connects and what it writes', () => {
  const net = createFakeNet();
  const socket = net.connect(WHERE);
  assert.equal(socket.write('ab'), false);
  socket.write('c');
  assert.deepEqual(net.last().writes, ['ab', 'c']);
  assert.equal(net.last().newWrites(), 'abc');
  assert.equal(net.last().newWrites(), '');
  assert.deepEqual(net.attempts, [WHERE]);
});

test('hands bytes to the data listeners at once, and none after a close', () => {
  const net = createFakeNet({ defer: () => {} });
  const seen: string[] = [];
  net.connect(WHERE).on('data', (bytes) => seen.push(bytes));
  net.last().receive('\x20\x02');
  net.last().closeByPeer();
  net.last().receive('late');
  assert.deepEqual(seen, ['\x20\x02']);
});

test('throws from connect when the test wants it, and counts the attempt', () => {
  const net = createFakeNet();
  net.throwOnConnect('Unable to create socket');
  assert.throws(() => net.connect(WHERE), /Unable to create socket/);
  net.throwOnConnect(undefined);
  net.connect(WHERE);
  assert.equal(net.attempts.length, 2);
  assert.equal(net.sockets.length, 1);
});

test('queues end and close, and refuses writes before their listeners ran', () => {
  const queue: (() => void)[] = [];
  const net = createFakeNet({ defer: (event) => queue.push(event) });
  const socket = net.connect(WHERE);
  const seen: string[] = [];
  socket.on('end', () => seen.push('end'));
  socket.on('close', () => seen.push('close'));
  net.last().closeByPeer();
  assert.deepEqual(seen, []);
  assert.throws(() => socket.write('x'), /This socket is closed/);
  queue.forEach((event) => event());
  assert.deepEqual(seen, ['end', 'close']);
});

test('still calls listeners that were removed after the event was queued', () => {
  const queue: (() => void)[] = [];
  const net = createFakeNet({ defer: (event) => queue.push(event) });
  const socket = net.connect(WHERE);
  let closes = 0;
  socket.on('close', () => (closes += 1));
  net.last().closeByPeer();
  socket.removeAllListeners();
  queue.forEach((event) => event());
  assert.equal(closes, 1);
});

test('gives error before end and close when data was unsent', () => {
  const net = createFakeNet();
  const socket = net.connect(WHERE);
  const seen: unknown[] = [];
  socket.on('error', (error) => seen.push(error.code));
  socket.on('end', () => seen.push('end'));
  socket.on('close', () => seen.push('close'));
  net.last().fail();
  assert.deepEqual(seen, [-8, 'end', 'close']);
});

test('throws from write when the test wants it, as after a peer that closes on accept', () => {
  const net = createFakeNet();
  const socket = net.connect(WHERE);
  net.last().throwOnWrite();
  assert.throws(() => socket.write('x'), /This socket is closed/);
});

test('knows which connections are open', () => {
  const net = createFakeNet({ defer: () => {} });
  net.connect(WHERE).end();
  net.connect(WHERE);
  assert.deepEqual(net.open(), [net.sockets[1]]);
});
