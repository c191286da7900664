import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock } from '../sim/clock.ts';
import { createStorage } from '../sim/storage.ts';
import { createReports, type ReportsOptions } from '../src/reports.ts';
import { DISCOVERY_TOPIC, readDiscovery } from './homeAssistantRules.ts';

const INFO_MS = 300_000;
const STATE = 'light/desk/state';
const INFO = 'light/desk/info';
const CONFIG = 'homeassistant/device/desk/config';

/** One boot of a node whose session the test plays. */
function boot({ name = 'desk', homeAssistant = false, storage = createStorage(), random = 0.5, hasWifi = true } = {}) {
  const clock = createVirtualClock();
  const sent: { topic: string; payload: string; atMs: number }[] = [];
  const now = { isOnline: false, state: 'off' };
  const wifi = { getIP: () => ({ ip: '192.168.1.20' }), getStatus: () => ({ rssi: -60 }) };
  const reports = createReports({
    board: { ...clock, storage, random: () => random } as unknown as ReportsOptions['board'],
    settings: { name, dimmable: true, homeAssistant },
    version: '1.2.3',
    boot: { count: 1, reason: 'power on', atS: 0 },
    topic: 'light/desk',
    publish(topic, payload) {
      if (now.isOnline) sent.push({ topic, payload, atMs: clock.nowMs() });
      return now.isOnline;
    },
    state: () => now.state,
    clientId: () => 'AbC',
    memory: () => ({ free: 5000, usage: 886 }),
    wifi: () => (hasWifi ? (wifi as unknown as ReturnType<ReportsOptions['wifi']>) : undefined),
  });
  return {
    ...{ clock, storage, reports, now, sent },
    /** A session begins. */
    connect() {
      now.isOnline = true;
      reports.all();
    },
    /** The session is lost. */
    lose(reason: string) {
      now.isOnline = false;
      reports.lost(reason);
    },
    /** The lamp changes. */
    change(state: string) {
      now.state = state;
      reports.state();
    },
    topics: () => sent.map((message) => message.topic),
    info: () => sent.filter((message) => message.topic === INFO).map((message) => JSON.parse(message.payload)),
  };
}

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

test('announces itself to Home Assistant at every session when told so, with one flash write in all', () => {
  const { connect, lose, sent, storage } = boot({ homeAssistant: true });
  for (let session = 0; session < 3; session += 1) {
    connect();
    lose('gone');
  }
  const announced = sent.filter((message) => message.topic === CONFIG);
  assert.match(CONFIG, DISCOVERY_TOPIC);
  assert.equal(announced.length, 3);
  assert.equal(readDiscovery(announced[0]!.payload)['availability_topic'], 'light/desk/status');
  assert.equal(storage.writes.length, 1);
});

for (const [random, delayMs] of [
  [0, 0],
  [0.25, 2500],
  [0.999, 9990],
] as const) {
  test(`answers a Home Assistant that has started after ${delayMs} ms, of a random ${random}`, () => {
    const { connect, reports, clock, sent, topics } = boot({ homeAssistant: true, random });
    connect();
    sent.length = 0;
    reports.welcome();
    clock.advance(20_000);
    assert.deepEqual(topics().sort(), [CONFIG, INFO, STATE]);
    sent.forEach((message) => assert.ok(Math.abs(message.atMs - delayMs) <= 1));
  });
}

test('takes the announcement back when the option is gone, once and for ever', () => {
  const { storage, connect } = boot({ homeAssistant: true });
  connect();
  const second = boot({ storage });
  second.connect();
  assert.deepEqual(
    second.sent.filter((message) => message.topic === CONFIG).map((message) => message.payload),
    [''],
  );
  second.lose('gone');
  second.connect();
  const third = boot({ storage });
  third.connect();
  for (const { topics } of [second, third])
    assert.ok(topics().filter((topic) => topic.startsWith('homeassistant/')).length <= 1);
  assert.deepEqual(third.topics().sort(), [INFO, STATE]);
});

test('an announcement that could not be taken back yet is taken back later', () => {
  const { storage, connect } = boot({ homeAssistant: true });
  connect();
  const offline = boot({ storage });
  offline.reports.all();
  const next = boot({ storage });
  next.connect();
  assert.ok(next.topics().includes(CONFIG));
});

test('a node with another name takes the announcement of the old one back', () => {
  const { storage, connect } = boot({ homeAssistant: true });
  connect();
  const renamed = boot({ homeAssistant: true, storage, name: 'shelf' });
  renamed.connect();
  renamed.lose('gone');
  renamed.connect();
  const told = renamed.sent.filter((message) => message.topic.startsWith('homeassistant/'));
  assert.deepEqual(
    told.map(({ topic, payload }) => [topic, payload === '']),
    [
      [CONFIG, true],
      [CONFIG.replace('desk', 'shelf'), false],
      [CONFIG.replace('desk', 'shelf'), false],
    ],
  );
});
