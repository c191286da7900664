// The node on a mocked board: how its parts work together.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHandClock } from '../../sim/time/handClock.ts';
import { createPins } from '../../sim/board/pins.ts';
import { createScriptedWifi } from '../support/scriptedWifi.ts';
import { createFakeNet } from '../../sim/board/socket.ts';
import { createStorage } from '../../sim/board/storage.ts';
import { BEAT_S } from '../../src/beat.ts';
import { createSettings } from '../../src/config.ts';
import { createNode } from '../../src/node.ts';
import type { Board } from '../../src/board.ts';
import { generated, parsed } from '../support/oracle.ts';

const POWER_ON = 1;
const BROWNOUT = 15;
const WATCHDOG = 12;

/** RTC_CNTL_RESET_STATE_REG of each chip (Espressif's technical reference manuals). */
const RESET_STATES: Record<string, number> = { ESP32: 0x3ff48034, ESP32C3: 0x60008038, ESP32S3: 0x60008038 };

interface Options {
  settings?: object;
  storage?: ReturnType<typeof createStorage>;
  /** Why the chip was reset. */
  cause?: number;
  /** What `process.env.BOARD` says. */
  kind?: string;
  hasWifi?: boolean;
}

/** Creates a mocked board; gives the parts that a test reads or moves. */
function createBoard({ storage = createStorage(), cause = POWER_ON, kind = 'ESP32' }: Options) {
  const clock = createHandClock();
  const pins = createPins({ nowMs: clock.nowMs, wake: () => {} });
  const net = createFakeNet();
  const log: string[] = [];
  const loads: string[] = [];
  const watchdog: unknown[] = [];
  let kicks = 0;
  let onException = (_error: unknown): void => {};
  const board = {
    ...{ serial: 'a0b1c2d3-0001', kind, storage, net },
    ...{ random: () => 0.5, log: (line: string) => log.push(line) },
    ...{ setTimeout: clock.setTimeout, clearTimeout: clock.clearTimeout, setInterval: clock.setInterval },
    ...{
      getTime: clock.getTime,
      pin: (name: string) => pins.pin(name),
      peek32: (address: number) => (RESET_STATES[kind.split('_')[0]!] === address ? 0xabc0 | cause : 0),
    },
    ...{ pinMode: pins.pinMode, analogWrite: pins.analogWrite, setWatch: pins.setWatch },
    load: () => void loads.push('load'),
    process: {
      memory: () => ({ free: 3000, usage: 1000 }),
      on: (_event: string, listener: (error: unknown) => void) => void (onException = listener),
    },
    E: {
      enableWatchdog: (...call: unknown[]) => void watchdog.push(call),
      kickWatchdog: () => void (kicks += 1),
      srand: () => {},
      on: () => {},
      getErrorFlags: () => [],
    },
  } as unknown as Board;
  const throwUncaught = (error: unknown): void => onException(error);
  return { board, clock, pins, net, storage, log, loads, watchdog, kicks: () => kicks, throwUncaught };
}

/** Boots a node; its flash may outlive it. */
function boot({ settings = {}, hasWifi = true, ...options }: Options = {}) {
  const { board, ...parts } = createBoard(options);
  const { clock, net, pins } = parts;
  const wifi = createScriptedWifi();
  const given = { wifi: { ssid: 'Home' }, broker: 'broker.lan', name: 'desk', ...settings };
  createNode(
    board,
    createSettings(board, given, (text) => text),
    hasWifi ? wifi : undefined,
    '1.2.3',
  );

  function connect(): void {
    wifi.up();
    clock.advance(1000);
    net.last().receive(generated({ cmd: 'connack', returnCode: 0, sessionPresent: false }));
    const topics = 4 + 2 * Number('homeAssistant' in settings);
    net.last().receive(generated({ cmd: 'suback', messageId: 1, granted: Array(topics).fill(1) as number[] }));
  }

  /** The broker reads, and sends a message. */
  function say(topic: string, payload: string, retain = false): void {
    net.last().emit('drain');
    net.last().receive(generated({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain }));
  }

  return {
    ...{ ...parts, board, wifi, connect, say },
    lamp: pins.probe('D5'),
    button: pins.probe('D0'),
    published: (topic: string) =>
      parsed(net.sockets.map((socket) => socket.writes.join('')).join('')).flatMap((packet) =>
        packet.cmd === 'publish' && packet.topic === topic ? [String(packet.payload)] : [],
      ),
  };
}

/** The lamp is set to half, and kept. */
function dimmed(more: Options = {}) {
  const node = boot(more);
  node.connect();
  node.say('light/desk/set', '{"brightness":100}');
  node.clock.advance(2 * BEAT_S * 1000);
  return node;
}

test('joins, connects and tells all of itself', () => {
  const node = boot();
  node.connect();
  assert.deepEqual(node.published('light/desk/status'), ['online']);
  assert.deepEqual(node.published('light/desk/state'), ['{"state":"OFF","brightness":255}']);
  const info = JSON.parse(node.published('light/desk/info')[0]!) as Record<string, unknown>;
  assert.equal(info['version'], '1.2.3');
  assert.equal(info['lastRestartReason'], 'power on');
  assert.equal(info['restarts'], 0);
});

test('connects at once on a board whose network is not ours', () => {
  const node = boot({ hasWifi: false });
  node.clock.advance(1000);
  assert.equal(node.net.attempts.length, 1);
});

test('obeys on both topics, and reports once per change', () => {
  const node = boot();
  node.connect();
  for (const [topic, payload] of [
    ['home/bedroom/light', 'on'],
    ['light/desk/set', 'on'],
    ['light/desk/set', 'off'],
  ] as const)
    node.say(topic, payload);
  assert.deepEqual(
    node.published('light/desk/state').map((state) => (JSON.parse(state) as { state: string }).state),
    ['OFF', 'ON', 'OFF'],
  );
});

test('tells all again when Home Assistant has started, after a part of ten seconds', () => {
  const node = boot({ settings: { homeAssistant: true } });
  node.connect();
  node.say('homeassistant/status', 'offline');
  node.clock.advance(10_000);
  assert.equal(node.published('light/desk/state').length, 1);
  node.say('homeassistant/status', 'online');
  node.clock.advance(5_000);
  assert.equal(node.published('light/desk/state').length, 2);
  assert.equal(node.lamp.duty(), 0);
});

test('tells all again at a roll call, whatever it says, after a part of ten seconds', () => {
  const node = boot();
  node.connect();
  node.say('light/call', '');
  assert.equal(node.published('light/desk/info').length, 1);
  node.clock.advance(5_000);
  assert.equal(node.published('light/desk/info').length, 2);
  assert.equal(node.lamp.duty(), 0);
});

test('answers a flood of calls once, and calls after that again', () => {
  const node = boot({ settings: { homeAssistant: true } });
  node.connect();
  const answers = (): number => node.published('light/desk/state').length - 1;
  for (let calls = 0; calls < 1_000; calls++) node.say(calls % 2 ? 'light/call' : 'homeassistant/status', 'online');
  node.clock.advance(10_000);
  assert.equal(answers(), 1);
  node.say('light/call', 'again');
  node.clock.advance(10_000);
  assert.equal(answers(), 2);
});

test('answers calls again though the timer of an answer was lost', () => {
  const node = boot();
  node.connect();
  const setTimeout = node.board.setTimeout;
  node.board.setTimeout = () => 1; // cut off by the interpreter
  node.say('light/call', '');
  node.board.setTimeout = setTimeout;
  node.clock.advance(20_000);
  node.say('light/call', '');
  node.clock.advance(10_000);
  assert.equal(node.published('light/desk/state').length, 2);
});

for (const [powerOn, duty] of [
  ['off', 0],
  ['on', 1],
] as const)
  test(`is ${powerOn} when the power returns, whatever it was before`, () => {
    const { storage } = dimmed();
    for (const cause of [POWER_ON, BROWNOUT])
      assert.equal(boot({ storage, cause, settings: { powerOn } }).lamp.duty(), duty);
  });

test('is as it was when the power returns, where that is asked for', () => {
  const before = dimmed();
  const { lamp } = boot({ storage: before.storage, settings: { powerOn: 'last' } });
  assert.equal(lamp.duty(), before.lamp.duty());
});

for (const [what, restart] of [
  ['the watchdog', (): number => WATCHDOG],
  [
    'its own program',
    (node: ReturnType<typeof boot>): number => {
      node.throwUncaught(new Error('broken'));
      assert.deepEqual(node.loads, ['load']);
      return POWER_ON; // the register still tells of the last reset
    },
  ],
] as const)
  test(`is as it was after a restart by ${what}, with the first write to its pin`, () => {
    const before = dimmed();
    const cause = restart(before);
    const { lamp } = boot({ storage: before.storage, cause });
    assert.deepEqual(
      lamp.history.map(({ duty }) => duty),
      [before.lamp.duty()],
    );
  });

for (const kind of ['ESP32_IDF4', 'ESP32_CYD', 'ESP32C3_IDF4', 'ESP32S3_IDF4'])
  test(`is as it was after a restart by the watchdog of ${kind}, and starts anew with the power`, () => {
    const before = dimmed();
    const { lamp } = boot({ storage: before.storage, cause: WATCHDOG, kind });
    assert.equal(lamp.duty(), before.lamp.duty());
    assert.equal(boot({ storage: before.storage, cause: POWER_ON, kind }).lamp.duty(), 0);
  });

test('obeys what the broker had retained when the power has returned, and not when only the program has restarted', () => {
  const first = boot();
  first.connect();
  first.say('light/desk/set', 'on', true);
  assert.equal(first.lamp.duty(), 1);
  const again = boot({ storage: first.storage, cause: WATCHDOG });
  again.connect();
  again.say('light/desk/set', 'on', true);
  assert.equal(again.lamp.duty(), 0);
});

test('says why it has restarted', () => {
  const before = dimmed();
  before.throwUncaught(new Error('broken'));
  const node = boot({ storage: before.storage });
  node.connect();
  const info = JSON.parse(node.published('light/desk/info')[0]!) as Record<string, unknown>;
  assert.deepEqual([info['restarts'], info['lastRestartReason']], [1, 'exception']);
});

test('arms the watchdog, not an automatic one, and kicks it with each beat', () => {
  const node = boot();
  assert.deepEqual(node.watchdog, [[120, false]]);
  node.clock.advance(10 * BEAT_S * 1000);
  assert.equal(node.kicks(), 10);
  assert.deepEqual(boot({ settings: { watchdogS: 0 } }).watchdog, []);
});

test('ten seconds on the button forget the Wi-Fi, leave the network for good and restart the program', () => {
  const node = boot();
  node.connect();
  node.button.drive(0);
  for (let ms = 0; ms < 12_000; ms += 100) {
    node.clock.advance(100);
    node.pins.idle((call) => call());
  }
  assert.deepEqual(node.published('light/desk/status'), ['online', 'offline']);
  node.clock.advance(60_000);
  assert.deepEqual(node.loads, ['load']);
  assert.equal(node.wifi.joins.length, 1);
  assert.match(node.storage.read('light.json')!, /"wifi":null/);
});

test('without a broker it says so, and the button works', () => {
  const node = boot({ settings: { broker: undefined } });
  assert.ok(node.log.includes('no broker set: npm run flash -- --broker HOST'));
  node.wifi.up();
  node.clock.advance(60 * 60_000);
  assert.deepEqual([node.net.attempts, node.loads], [[], []]);
});
