// The session on Espruino's tinyMQTT module.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import { createHandClock } from '../../sim/time/handClock.ts';
import { createFakeNet } from '../../sim/board/socket.ts';
import { createScriptedTinyMqtt, type ScriptedTinyMqtt } from '../../sim/board/tinyMqtt.ts';
import { createMqtt } from '../../src/tinyMqtt.ts';

interface ChipGlobals {
  require?: unknown;
  getSerial?: () => string;
}
const chip = globalThis as ChipGlobals;
const before: ChipGlobals = { require: chip.require };

let tiny: ScriptedTinyMqtt;

beforeEach(() => {
  tiny = createScriptedTinyMqtt();
  chip.require = () => tiny.module;
});
afterEach(() => {
  chip.require = before.require;
  delete chip.getSerial;
});

function createSession() {
  const clock = createHandClock();
  const log: string[] = [];
  const told: string[] = [];
  const board = { ...clock, net: createFakeNet(), random: () => 0.5, log: (line: string) => void log.push(line) };
  const settings = {
    broker: [
      { host: '10.0.0.2', port: 1884 },
      { host: '10.0.0.3', port: 1883 },
    ],
    keepAliveS: 30,
    spreadS: 1,
    topics: ['home/bedroom/light'],
    username: 'anna',
    password: 'secret',
  };
  const mqtt = createMqtt(board, settings, {
    clientId: () => 'AbC123',
    statusTopic: 'light/one/status',
    topics: ['home/bedroom/light', 'light/one/set'],
    takesRetained: true,
    onMessage: (payload, _, topic) => told.push(`${topic} ${payload}`) > 0,
    onReady: (isConnected) => void told.push(`ready ${isConnected}`),
  });
  return { mqtt, clock, log, told };
}

test('gives the module our client identifier, the first broker, the login and the will', () => {
  const { mqtt } = createSession();
  mqtt.start();
  assert.equal(chip.getSerial?.(), 'AbC123');
  assert.deepEqual(tiny.calls, ['create 10.0.0.2', 'connect']);
  assert.deepEqual(tiny.options(), {
    port: 1884,
    keep_alive: 30,
    username: 'anna',
    password: 'secret',
    will_topic: 'light/one/status',
    will_payload: 'offline',
  });
});

test('subscribes and says online once the module is connected', () => {
  const { mqtt, clock, told, log } = createSession();
  mqtt.start();
  tiny.emit('connected');
  clock.advance(1);
  assert.deepEqual(tiny.calls.slice(2), [
    'subscribe home/bedroom/light',
    'subscribe light/one/set',
    'publish light/one/status online',
  ]);
  assert.deepEqual(told, ['ready true']);
  assert.match(log[0]!, /^mqtt connected as AbC123/);
});

test('hands messages on, without the packet identifier that the module leaves in front of QoS 1 payloads', () => {
  const { mqtt, told } = createSession();
  mqtt.start();
  tiny.emit('message', { topic: 'home/bedroom/light', message: 'on' });
  tiny.emit('message', { topic: 'home/bedroom/light', message: '\0\x05off' });
  assert.deepEqual(told, ['home/bedroom/light on', 'home/bedroom/light off']);
});

test('connects again after a loss, and not after a stop', () => {
  const { mqtt, clock } = createSession();
  mqtt.start();
  tiny.emit('connected');
  clock.advance(1);
  tiny.emit('disconnected');
  assert.equal(tiny.calls.at(-1), 'connect');
  assert.equal(mqtt.lastReason, 'disconnected');
  mqtt.stop(false);
  const calls = tiny.calls.length;
  tiny.emit('disconnected');
  assert.equal(tiny.calls.length, calls);
});

test('says offline before a wanted stop', () => {
  const { mqtt, clock } = createSession();
  mqtt.start();
  tiny.emit('connected');
  clock.advance(1);
  mqtt.stop(true);
  assert.deepEqual(tiny.calls.slice(-2), ['publish light/one/status offline', 'disconnect']);
});

test('refuses to publish while it is not connected, and leaves out what the module cannot send', () => {
  const { mqtt, clock } = createSession();
  mqtt.start();
  assert.equal(mqtt.publish('light/one/state', 'x'), false);
  tiny.emit('connected');
  clock.advance(1);
  const calls = tiny.calls.length;
  assert.equal(mqtt.publish('light/one/info', 'x'.repeat(200)), true);
  assert.equal(tiny.calls.length, calls);
  assert.equal(mqtt.publish('light/one/state', 'x'), true);
  assert.equal(tiny.calls.at(-1), 'publish light/one/state x');
});
