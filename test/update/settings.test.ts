// Settings over the air: tried before they are kept, and checked by the rules of those in flash.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunksOf, offerText } from '../support/signing.ts';
import {
  atHome,
  createHome,
  checkSound,
  checkUnmoved,
  imageOf,
  MINUTE_MS,
  SETTINGS,
  TRIAL_MS,
  type Home,
} from './home.ts';

const A = '1.0.0-A';

const kept = (home: Home): object => JSON.parse(home.board.storage.read('light.json')!) as object;

/** Waits until new settings have been kept. */
const untilKept = (home: Home): void => home.until(() => home.log().endsWith('S'), 'kept', 3 * MINUTE_MS);

test('good settings are kept after two minutes, and stay after a power cut', () =>
  atHome({}, (home) => {
    const next = { ...SETTINGS, powerOn: 'last', topics: ['home/light', 'home/all'] };
    home.configure(next);
    untilKept(home);
    assert.equal(home.log(), 'As1S');
    assert.deepEqual(kept(home), next);
    assert.equal(home.board.storage.read('light.try'), undefined);
    checkUnmoved(home);
    home.time.advance(10_000);
    home.board.powerOff();
    home.board.powerOn();
    home.time.advance(10_000);
    assert.equal(home.level(), 100);
    assert.equal(home.info()['powerOn'], 'last');
    checkSound(home, [A]);
  }));

test('a light that waits long for its turn tries new settings at once, and waits again after the trial', () =>
  atHome({}, (home) => {
    home.configure({ spreadS: 3600 });
    untilKept(home);
    home.configure({ powerOn: 'last' });
    home.until(() => home.log().endsWith('Ss1S'), 'kept again', 3 * MINUTE_MS);
    home.time.advance(10_000);
    home.board.faults.reset();
    home.time.advance(1_000);
    const [, waitS] = /retry in (\S+) s/.exec(home.board.console.at(-1)!) ?? [];
    assert.ok(Number(waitS) > 60, home.board.console.at(-1));
  }));

test('a copy of settings whose file a power cut has torn counts, and is put in its place', () => {
  const home = createHome();
  home.board.storage.install('light.json', JSON.stringify(SETTINGS).slice(0, 40));
  home.board.storage.install('light.try', JSON.stringify(SETTINGS));
  home.board.powerOn();
  home.obey('{"brightness":100}', 100);
  assert.deepEqual(kept(home), SETTINGS);
  assert.equal(home.board.storage.read('light.try'), undefined);
  home.board.dispose();
});

test('what is not sent stays as it is', () =>
  atHome({}, (home) => {
    home.configure({ powerOn: 'last' });
    untilKept(home);
    assert.deepEqual(kept(home), { ...SETTINGS, powerOn: 'last' });
  }));

test('a name with letters of all kinds stays as it was sent', () =>
  atHome({}, (home) => {
    const topic = 'K\u00fcche/\u0141\u00f3d\u017a';
    home.configure({ topics: ['home/light', topic] });
    untilKept(home);
    assert.ok(home.broker.subscriptions().includes(topic));
    home.configure({ powerOn: 'last' });
    home.until(() => home.log().endsWith('Ss1S'), 'kept again');
    assert.ok(home.broker.subscriptions().includes(topic));
    assert.deepEqual((kept(home) as { topics: string[] }).topics[0], 'home/light');
  }));

const WRONG: [what: string, settings: object][] = [
  ['a wrong Wi-Fi password', { ...SETTINGS, wifi: { ssid: 'Home', password: 'wrong-password' } }],
  ['a wrong Wi-Fi name', { ...SETTINGS, wifi: { ssid: 'Elsewhere', password: 'secret-password' } }],
  ['no Wi-Fi', { wifi: null }],
  ['a broker that is not there', { ...SETTINGS, broker: '10.0.0.9' }],
  ['another port', { broker: '10.0.0.9:1884' }],
];

for (const [what, settings] of WRONG)
  test(`${what} is rolled back within three minutes`, () =>
    atHome({ hosts: new Map([['10.0.0.9', 'refused']]) }, (home) => {
      home.configure(settings);
      home.until(() => home.info()['update'] === 'rolled back', 'rolled back', 3 * MINUTE_MS);
      assert.equal(home.log(), 'As1-');
      assert.ok(home.board.console.includes('update: rolled back'));
      assert.deepEqual(kept(home), SETTINGS);
      assert.equal(home.board.storage.read('light.try'), undefined);
      checkUnmoved(home);
      checkSound(home, [A]);
    }));

test('settings that another network is joined by are rolled back to the network of before', () => {
  for (const broker of ['10.0.0.9', SETTINGS.broker])
    atHome({ hosts: new Map([['10.0.0.9', 'refused']]) }, (home) => {
      home.configure({ ...SETTINGS, wifi: { ssid: 'Guests', password: 'guest-password' }, broker });
      home.until(() => home.log() === 'As1', 'the trial', MINUTE_MS);
      Object.assign(home.board.accessPoint, { ssid: 'Guests', password: 'guest-password' });
      home.time.advance(30_000);
      if (broker === SETTINGS.broker) return untilKept(home);
      Object.assign(home.board.accessPoint, { ssid: SETTINGS.wifi.ssid, password: SETTINGS.wifi.password });
      home.until(() => home.info()['update'] === 'rolled back', 'rolled back', 3 * MINUTE_MS);
      checkSound(home, [A]);
    });
});

test('a crash in the trial, joined to another network, goes back to the network of before', () =>
  atHome({}, (home) => {
    home.configure({ wifi: { ssid: 'Guests', password: 'guest-password' } });
    home.until(() => home.log() === 'As1', 'the trial', MINUTE_MS);
    Object.assign(home.board.accessPoint, { ssid: 'Guests', password: 'guest-password' });
    home.time.advance(30_000);
    assert.ok(
      home.board.console.slice(-3).some((line) => /^mqtt connected/.test(line)),
      home.tail(),
    );
    home.board.type('setTimeout(function(){throw new Error("crash")},10)');
    home.time.advance(1_000);
    Object.assign(home.board.accessPoint, { ssid: SETTINGS.wifi.ssid, password: SETTINGS.wifi.password });
    const joined = home.board.console.length;
    home.until(() => home.info()['update'] === 'rolled back', 'rolled back', 2 * MINUTE_MS);
    assert.ok(home.board.console.slice(joined - 4).includes('wifi down: leaves, to join again'), home.tail());
    checkSound(home, [A]);
  }));

const REFUSED: [what: string, settings: object | string, why: string][] = [
  ['a pin of the flash chip', { ...SETTINGS, pin: 'D6' }, '"pin"'],
  ['a pin and a button in one', { ...SETTINGS, pin: 'D0' }, '"pin"'],
  ['an unknown key', { ...SETTINGS, colour: 'red' }, '"colour"'],
  ['a short Wi-Fi password', { ...SETTINGS, wifi: { ssid: 'Home', password: 'short' } }, '"wifi"'],
  ['a topic with a wildcard', { ...SETTINGS, topics: ['home/#'] }, '"topics"'],
  ['a number for a word', { ...SETTINGS, powerOn: 1 }, '"powerOn"'],
  ['a name that makes no topic', { ...SETTINGS, name: 'a/b' }, '"name"'],
  ['a keep alive of a day', { ...SETTINGS, keepAliveS: 86_400 }, '"keepAliveS"'],
  ['a list', '[]', 'light.json: not a JSON object, ignored'],
  ['no JSON', 'nonsense', 'light.json: not a JSON object, ignored'],
];

for (const [what, settings, why] of REFUSED)
  test(`${what} is refused, and nothing changes`, () =>
    atHome({}, (home) => {
      home.configure(settings);
      home.time.advance(20_000);
      assert.equal(home.info()['update'], `refused: bad settings: ${why}`);
      assert.deepEqual([kept(home), home.log(), home.board.storage.read('light.try')], [SETTINGS, 'A', undefined]);
      checkUnmoved(home);
    }));

test('settings of another board cannot be read', () =>
  atHome({}, (home) => {
    home.board.storage.install('light.key', home.key.toString('latin1').slice(0, 32) + 'x'.repeat(32));
    home.configure(SETTINGS);
    home.time.advance(5_000);
    assert.match(String(home.info()['update']), /^refused: bad settings/);
  }));

test('a full flash refuses settings', () =>
  atHome({}, (home) => {
    home.board.storage.fill(4_300);
    home.configure(SETTINGS);
    home.time.advance(20_000);
    assert.equal(home.info()['update'], 'refused: no room: flash by USB, or --compact');
    checkSound(home, [A]);
  }));

test('a fetch that new settings interrupt goes on after their trial', () =>
  atHome({}, (home) => {
    const image = imageOf('2.0.0-B');
    const chunks = chunksOf(image);
    for (const { topic, payload } of chunks.slice(0, 9)) home.broker.retained.set(topic, payload);
    home.order(offerText(home.nextCounter(), image, '2.0.0-B'));
    home.time.advance(5_000);
    home.configure({ ...SETTINGS, powerOn: 'last' });
    home.time.advance(60_000);
    home.put(image);
    home.until(() => home.log().endsWith('B'), 'B', TRIAL_MS);
    assert.equal(home.log(), 'As1Sb1B');
    assert.equal(home.info()['powerOn'], 'last');
    assert.ok(home.holds('b', imageOf('2.0.0-B')));
    checkUnmoved(home);
  }));

test('a long press of the button in a trial forgets the Wi-Fi for good', () =>
  atHome({}, (home) => {
    home.configure({ ...SETTINGS, powerOn: 'last' });
    home.until(() => home.log() === 'As1', 'the trial', MINUTE_MS);
    home.board.pin('D0').drive(0);
    home.time.advance(12_000);
    home.board.pin('D0').drive(undefined);
    home.time.advance(30_000);
    assert.equal(home.log(), 'As1-');
    assert.deepEqual((kept(home) as { wifi: unknown }).wifi, null);
  }));
