import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createPins } from '../sim/pin.ts';
import { createStorage } from '../sim/storage.ts';
import { forgetWifi, loadSettings } from '../src/config.ts';

const FILE = 'light.json';
const SERIAL = 'aabbccdd-eeff';
const DEFAULTS = {
  wifi: {},
  broker: [],
  topics: ['home/bedroom/light'],
  name: 'light-aabbccddeeff',
  pin: 'D5',
  activeLow: false,
  dimmable: true,
  button: 'D0',
  powerOn: 'off',
  homeAssistant: false,
  keepAliveS: 30,
  watchdogS: 120,
};
type Key = keyof ReturnType<typeof loadSettings>;

/** A text's UTF-8 bytes, one char each, as the interpreter's E.fromUTF8 gives them. */
const bytes = (text: string): string => Buffer.from(text).toString('latin1');

/** Loads from a build and from a device whose `light.json` is an object, or text as it stands. */
function load({ build = {} as unknown, device = undefined as unknown } = {}) {
  const log: string[] = [];
  const pins = createPins({ nowMs: () => 0, wake: () => {} });
  const storage = createStorage();
  if (device !== undefined) storage.write(FILE, typeof device === 'string' ? device : JSON.stringify(device));
  const pin = (name: string) => (/^D([0-9]|[123][0-9])$/.test(name) ? pins.pin(name) : undefined);
  const settings = loadSettings({ serial: SERIAL, storage, log: (line) => log.push(line), pin }, build, bytes);
  return { settings, log };
}

test('has a default for everything but the network', () => {
  assert.deepEqual(load(), { settings: DEFAULTS, log: [] });
});

test('takes the build over the defaults, and the device over the build, key by key', () => {
  const { settings, log } = load({
    build: { name: 'built', pin: 'D4', broker: 'build.lan' },
    device: { name: 'kitchen', broker: ['a.lan', 'b.lan:1884'] },
  });
  const broker = [
    { host: 'a.lan', port: 1883 },
    { host: 'b.lan', port: 1884 },
  ];
  assert.deepEqual(settings, { ...DEFAULTS, name: 'kitchen', pin: 'D4', broker });
  assert.deepEqual(log, []);
});

test('falls back to the build, not to the default, where the device is wrong', () => {
  const { settings, log } = load({ build: { keepAliveS: 60 }, device: { keepAliveS: 1 } });
  assert.equal(settings.keepAliveS, 60);
  assert.deepEqual(log, ['light.json: bad value for "keepAliveS", ignored']);
});

const GOOD: [key: Key, value: unknown, becomes?: unknown][] = [
  ['wifi', { ssid: 'Home', password: 'secret12' }],
  ['wifi', { ssid: 'Open' }, { ssid: 'Open', password: '' }],
  ['wifi', { ssid: 'Open', password: '' }],
  ['wifi', { ssid: 's'.repeat(32), password: 'p'.repeat(64) }],
  ['wifi', { ssid: 'Café', password: 'пароль' }, { ssid: bytes('Café'), password: bytes('пароль') }],
  ['broker', '192.168.1.10', [{ host: '192.168.1.10', port: 1883 }]],
  ['broker', 'broker.lan:1', [{ host: 'broker.lan', port: 1 }]],
  ['broker', 'broker.lan:65535', [{ host: 'broker.lan', port: 65_535 }]],
  ['broker', ['a:1', 'b'], [{ host: 'a', port: 1 }, { host: 'b', port: 1883 }]], // prettier-ignore
  ['username', 'lamp'],
  ['username', 'u'.repeat(128)],
  ['username', 'лампа', bytes('лампа')],
  ['password', 'hunter2'],
  ['password', 'p'.repeat(128)],
  ['topics', ['home/bedroom/light', 'home/all']],
  ['topics', 'home/all', ['home/all']],
  ['topics', ['t'.repeat(128)]],
  ['topics', ['дом/свет'], [bytes('дом/свет')]],
  ['name', 'x'],
  ['name', 'n'.repeat(32)],
  ['name', 'Küche', bytes('Küche')],
  ['pin', 'D0'],
  ['pin', 'D39'],
  ['activeLow', true],
  ['activeLow', false],
  ['dimmable', false],
  ['button', 'D4'],
  ['button', null],
  ['powerOn', 'off'],
  ['powerOn', 'on'],
  ['powerOn', 'last'],
  ['homeAssistant', true],
  ['keepAliveS', 5],
  ['keepAliveS', 3600],
  ['keepAliveS', 29.9, 29],
  ['watchdogS', 0],
  ['watchdogS', 60],
  ['watchdogS', 3600],
];

for (const [key, value, becomes = value] of GOOD) {
  test(`takes ${key} ${JSON.stringify(value)}`, () => {
    const { settings, log } = load({ device: { [key]: value } });
    assert.deepEqual(settings[key], becomes);
    assert.deepEqual(log, []);
  });
}

const BAD: [key: Key, ...values: unknown[]][] = [
  ['wifi', null, 'Home', 5, [], {}, { ssid: '' }, { ssid: 's'.repeat(33) }, { ssid: 'ä'.repeat(17) }, { ssid: 5 }],
  ['wifi', { password: 'secret12' }, { ssid: 'Home', password: 12345678 }, { ssid: 'Home', password: null }],
  ['wifi', { ssid: 'Home', password: 'p'.repeat(65) }],
  [
    'broker',
    null,
    '',
    5,
    {},
    [],
    [''],
    ['good.lan', ''],
    ':1883',
    'a:',
    'a:0',
    'a:65536',
    'a:-1',
    'a:b',
    'a:1:2',
    'a:1883x',
    'a:1883/',
    'a:1e3',
  ],
  ['broker', '::1', 'mqtt://a', 'a/b', 'user@a', 'a b', 'a#', { host: 'a', port: 1 }, 'a'.repeat(129)],
  ['username', null, '', 5, {}, 'u'.repeat(129), 'ä'.repeat(65)],
  ['password', null, '', 5, {}, 'p'.repeat(129)],
  ['topics', null, '', [], [''], ['good', ''], ['a/+'], ['a/#'], ['a\0b'], ['t'.repeat(129)], ['ä'.repeat(65)], [5]],
  ['name', null, '', 5, [], 'a/b', 'a+', 'a#', 'a\0', 'n'.repeat(33), 'ä'.repeat(17)],
  ['pin', null, '', 5, 'D40', 'X1', ['D5']],
  ['activeLow', null, 0, 1, 'true'],
  ['dimmable', null, 0, 'no'],
  ['button', '', 0, false, 'D40', 'none'],
  ['powerOn', null, true, '', 'ON', 'toggle', ['on']],
  ['homeAssistant', null, 1, 'yes'],
  ['keepAliveS', null, '30', 4, 4.9, 0, -30, 3601, 1e9, [30]],
  ['watchdogS', null, '120', 1, 59, -60, 3601, false],
];

for (const [key, ...values] of BAD) {
  for (const value of values) {
    const shown = JSON.stringify(value);
    test(`names ${key} in one line and keeps its default for ${shown.slice(0, 40)} of ${shown.length} chars`, () => {
      const { settings, log } = load({ device: { [key]: value } });
      assert.deepEqual(settings, DEFAULTS);
      assert.deepEqual(log, [`light.json: bad value for "${key}", ignored`]);
    });
  }
}

test('takes a number that the lax parser makes of a lone minus for what it is: none', () => {
  const { settings, log } = load({ device: '{"keepAliveS":-}' });
  assert.equal(settings.keepAliveS, 30);
  assert.equal(log.length, 1);
});

test('never puts a secret on the log', () => {
  const secret = 'hunter2-'.repeat(20);
  const device = { wifi: { ssid: 'Home', password: secret }, username: secret, password: secret, broker: secret };
  const { log } = load({ build: device, device });
  assert.equal(log.length, 8);
  assert.ok(!log.join('\n').includes('hunter2'));
});

test('names a setting that it does not know, and takes the others', () => {
  const { settings, log } = load({ build: { colour: 'red' }, device: { brokers: 'a.lan', name: 'kitchen' } });
  assert.equal(settings.name, 'kitchen');
  assert.deepEqual(log, ['build: unknown setting "colour", ignored', 'light.json: unknown setting "brokers", ignored']);
});

for (const broken of ['{"name":', 'name', '[]', '"text"', 'null', '5', '\xff\xff\xff']) {
  test(`ignores a device file that is ${JSON.stringify(broken)}, in one line`, () => {
    const { settings, log } = load({ build: { name: 'built' }, device: broken });
    assert.deepEqual(settings, { ...DEFAULTS, name: 'built' });
    assert.deepEqual(log, ['light.json: not a JSON object, ignored']);
  });
}

test('ignores a build without settings, in one line', () => {
  const { settings, log } = load({ build: null, device: { name: 'kitchen' } });
  assert.equal(settings.name, 'kitchen');
  assert.deepEqual(log, ['build: not a JSON object, ignored']);
});

test('forgets the Wi-Fi of the device and nothing else', () => {
  const storage = createStorage({ files: { [FILE]: '{"wifi":{"ssid":"Home"},"name":"kitchen"}' } });
  forgetWifi(storage);
  assert.deepEqual(storage.readJSON(FILE), { name: 'kitchen' });
});

test('forgets the Wi-Fi of a device whose file is missing or broken', () => {
  for (const files of [{}, { [FILE]: '{"wifi":' }] as Record<string, string>[]) {
    const storage = createStorage({ files });
    forgetWifi(storage);
    assert.deepEqual(storage.readJSON(FILE), {});
  }
});

for (const key of ['on', 'emit', 'toString', 'hasOwnProperty', 'constructor', 'valueOf']) {
  test(`does not know a setting "${key}", though every object has a member of that name`, () => {
    const { settings, log } = load({ device: `{"${key}":1}` });
    assert.deepEqual(Object.keys(settings), Object.keys(DEFAULTS));
    assert.deepEqual(log, [`light.json: unknown setting "${key}", ignored`]);
  });
}
