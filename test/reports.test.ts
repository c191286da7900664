import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boot, INFO, INFO_MS, STATE } from './reporting.ts';

test('tells state and info when a session begins, and nothing to Home Assistant', () => {
  const { connect, sent, topics, now } = boot();
  now.state = 'on';
  connect();
  assert.deepEqual(topics().sort(), [INFO, STATE]);
  assert.equal(sent.find((message) => message.topic === STATE)?.payload, 'on');
});

test('tells each change of the state once', () => {
  const { connect, change, topics, sent } = boot();
  connect();
  sent.length = 0;
  change('on');
  change('off');
  assert.deepEqual(topics(), [STATE, STATE]);
});

test('tells what has changed meanwhile once, as it is when the session is back', () => {
  const { connect, change, sent } = boot();
  for (const state of ['on', 'off', 'on']) change(state);
  assert.equal(sent.length, 0);
  connect();
  assert.deepEqual(
    sent.filter((message) => message.topic === STATE).map((message) => message.payload),
    ['on'],
  );
});

test('on a congested link it waits, and then tells what is true by then, each once', () => {
  const { connect, change, reports, now, topics, sent } = boot();
  connect();
  sent.length = 0;
  now.isOnline = false;
  change('on');
  change('dimmed');
  reports.flush();
  now.isOnline = true;
  reports.flush();
  reports.flush();
  assert.deepEqual(topics(), [STATE]);
  assert.equal(sent[0]?.payload, 'dimmed');
});

test('info tells of this connection and of this board', () => {
  const { connect, clock, info } = boot();
  clock.advance(4400);
  connect();
  assert.deepEqual(info(), [
    {
      version: '1.2.3',
      clientId: 'AbC',
      ip: '192.168.1.20',
      rssi: -60,
      uptimeS: 4,
      freeVariables: 5000,
      usedVariables: 886,
      reconnects: 0,
      lastReconnectReason: '',
      restarts: 0,
      lastRestartReason: 'power on',
    },
  ]);
});

test('info goes without address and signal where the network is not ours', () => {
  const { connect, info } = boot({ hasWifi: false });
  connect();
  assert.equal(info().length, 1);
  assert.ok(!('ip' in info()[0]) && !('rssi' in info()[0]));
});

test('info comes again after each connect, with the count and the last reason of reconnects', () => {
  const { connect, lose, info } = boot();
  connect();
  for (const reason of ['no PINGRESP', 'closed by the broker']) {
    lose(reason);
    connect();
  }
  assert.deepEqual(
    info().map((told) => [told.reconnects, told.lastReconnectReason]),
    [
      [0, ''],
      [1, 'no PINGRESP'],
      [2, 'closed by the broker'],
    ],
  );
});

test('info comes every five minutes, with one timer however many sessions there were', () => {
  const { connect, lose, clock, sent, info } = boot();
  for (let session = 0; session < 5; session += 1) {
    connect();
    lose('gone');
  }
  connect();
  sent.length = 0;
  clock.advance(3 * INFO_MS);
  assert.equal(info().length, 3);
  assert.deepEqual(
    info().map((told) => told.uptimeS),
    [300, 600, 900],
  );
  assert.equal(clock.pending(), 1);
});

test('info that fell due while the node was away is told once', () => {
  const { connect, lose, clock, sent, info } = boot();
  connect();
  lose('gone');
  sent.length = 0;
  clock.advance(3 * INFO_MS);
  connect();
  assert.equal(info().length, 1);
});

test('a node that was never connected has nothing to tell, however long that takes', () => {
  const { clock, connect, topics } = boot();
  clock.advance(10 * INFO_MS);
  connect();
  assert.deepEqual(topics().sort(), [INFO, STATE]);
});
