import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStorage } from '../../sim/board/storage.ts';
import { forgetWifi, createSettings } from '../../src/config.ts';
import { createWrite } from '../../src/store.ts';
import { BAD, bytes, GOOD } from '../settings/settings.examples.ts';

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
  spreadS: 1,
};
/** How many pins the interpreter knows, `Pin("D5")` or `Pin("D05")`. */
const PINS: Record<string, number> = { ESP32: 40, ESP32C3: 22, ESP32S3: 49 };

/** Loads from a build and from a device whose `light.json` is an object, or text as it stands. */
function load({ build = {} as unknown, device = undefined as unknown, kind = 'ESP32' } = {}) {
  const log: string[] = [];
  const storage = createStorage();
  if (device !== undefined) storage.write(FILE, typeof device === 'string' ? device : JSON.stringify(device));
  const pin = (name: string) =>
    /^D\d\d?$/.test(name) && Number(name.slice(1)) < PINS[kind.split('_')[0]!]!
      ? { write() {}, read: () => 0 }
      : undefined;
  const settings = createSettings({ serial: SERIAL, kind, storage, log: (line) => log.push(line), pin }, build, bytes);
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

for (const [key, value, becomes = value] of GOOD) {
  test(`takes ${key} ${JSON.stringify(value)}`, () => {
    const { settings, log } = load({ device: { [key]: value } });
    assert.deepEqual(settings[key], becomes);
    assert.deepEqual(log, []);
  });
}

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

for (const [kind, good, bad] of [
  ['ESP32_IDF4', ['D4', 'D27', 'D32'], ['D6', 'D34']],
  ['ESP32C3_IDF4', ['D8', 'D10', 'D18', 'D21'], ['D11', 'D17']],
  ['ESP32S3_IDF4', ['D8', 'D21', 'D33', 'D48'], ['D22', 'D32']],
] as const) {
  test(`knows which pins an ${kind} has for a lamp and a button`, () => {
    for (const pin of good) assert.equal(load({ device: { pin, button: null }, kind }).settings.pin, pin);
    for (const button of good) assert.equal(load({ device: { button }, kind }).settings.button, button);
    for (const pin of bad) assert.equal(load({ device: { pin }, kind }).settings.pin, 'D5');
    for (const button of bad) assert.equal(load({ device: { button }, kind }).settings.button, 'D0');
  });
}

test('leaves the lamp its pin and the button none where both are to have the same, and says so', () => {
  for (const device of [{ pin: 'D0' }, { button: 'D5' }, { pin: 'D4', button: 'D4' }]) {
    const { settings, log } = load({ device });
    assert.equal(settings.pin, 'pin' in device ? device.pin : 'D5');
    assert.equal(settings.button, null);
    assert.deepEqual(log, [`"pin" and "button" are both ${settings.pin}: no button`]);
  }
  assert.deepEqual(load({ device: { pin: 'D0', button: null } }).log, []);
});

const FLASH_FULL = 'flash full: nothing more is kept until the board is flashed again';

/** What the console says when the Wi-Fi is forgotten. */
function forget(storage: ReturnType<typeof createStorage>): string[] {
  const log: string[] = [];
  const board = { storage, log: (line: string) => log.push(line) };
  forgetWifi(board, createWrite(storage, board.log));
  return log;
}

test('forgets the Wi-Fi of the device, and of the build, and nothing else', () => {
  const storage = createStorage({ files: { [FILE]: '{"wifi":{"ssid":"Home"},"name":"kitchen"}' } });
  assert.deepEqual(forget(storage), ['wifi settings forgotten']);
  const device = storage.read(FILE);
  const { settings, log } = load({ build: { wifi: { ssid: 'Built', password: 'secret12' } }, device });
  assert.deepEqual(settings, { ...DEFAULTS, name: 'kitchen' });
  assert.deepEqual(log, []);
});

test('forgets the Wi-Fi of a device whose file is missing or broken', () => {
  for (const files of [{}, { [FILE]: '{"wifi":' }] as Record<string, string>[]) {
    const storage = createStorage({ files });
    forget(storage);
    assert.deepEqual(storage.readJSON(FILE), { wifi: null });
  }
});

test('says so where the flash is too full to forget, and goes on', () => {
  const storage = createStorage({ sizeBytes: 32 });
  assert.deepEqual(forget(storage), [FLASH_FULL, 'wifi settings not forgotten']);
});

test('never compacts the flash to forget the Wi-Fi: the program that runs lies in it', () => {
  const device = '{"wifi":{"ssid":"Home"}}';
  const storage = createStorage({ files: { [FILE]: device } });
  storage.fill(1_000);
  assert.deepEqual(forget(storage), [FLASH_FULL, 'wifi settings not forgotten']);
  assert.equal(storage.compactions(), 0);
  assert.equal(storage.read(FILE), device);
});

test('does not forget the Wi-Fi of a file that holds no object, and goes on', () => {
  assert.deepEqual(forget(createStorage({ files: { [FILE]: '5' } })), ['wifi settings not forgotten']);
});

for (const key of ['on', 'emit', 'toString', 'hasOwnProperty', 'constructor', 'valueOf']) {
  test(`does not know a setting "${key}", though every object has a member of that name`, () => {
    const { settings, log } = load({ device: `{"${key}":1}` });
    assert.deepEqual(Object.keys(settings), Object.keys(DEFAULTS));
    assert.deepEqual(log, [`light.json: unknown setting "${key}", ignored`]);
  });
}

test('settings on trial count while the loader says so, and kept ones until they are in their file', () => {
  const read = (boot: string | undefined, files: Record<string, string>) => {
    const storage = createStorage({ files });
    const board = { serial: SERIAL, kind: 'ESP32', storage, log: () => {}, pin: () => ({ write() {}, read: () => 0 }) };
    return createSettings(boot === undefined ? board : { ...board, boot }, {}, (text) => text).name;
  };
  const both = { [FILE]: '{"name":"old"}', 'light.try': '{"name":"new"}' };
  for (const boot of ['as', 'bS']) assert.equal(read(boot, both), 'new');
  for (const boot of [undefined, 'a', 'aA', 'a~', 'b-', 'ap', 'bC']) assert.equal(read(boot, both), 'old');
  for (const boot of ['as', 'bS']) assert.equal(read(boot, { [FILE]: '{"name":"old"}' }), 'old');
});
