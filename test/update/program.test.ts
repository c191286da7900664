// Programs over the air: kept when they are good, rolled back when they are not; the lamp stays as it is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chunksOf, offerText } from '../support/signing.ts';
import { atHome, checkSound, checkUnmoved, imageOf, MINUTE_MS, TRIAL_MS, type Home } from './home.ts';

type Chunk = ReturnType<typeof chunksOf>[number];

const A = '1.0.0-A';
const B = '2.0.0-B';
const C = '3.0.0-C';

const isKept = (home: Home, version: string): boolean => home.version() === version && home.info()['update'] === 'kept';

test('fetches an image, tries it for two minutes, and keeps it', () =>
  atHome({}, (home) => {
    home.offer(B);
    home.until(() => home.version() === B, 'the trial', MINUTE_MS);
    assert.equal(home.info()['update'], 'trial');
    assert.equal(home.info()['lastRestartReason'], 'update');
    home.time.advance(100_000);
    assert.equal(home.log(), 'Ab1');
    home.until(() => isKept(home, B), 'kept', MINUTE_MS);
    assert.equal(home.log(), 'Ab1B');
    checkUnmoved(home);
    checkSound(home, [B]);
    home.board.reset();
    home.time.advance(10_000);
    checkSound(home, [B]);
  }));

test('tells its progress on the firmware topic, and holds no subscription to a chunk when it is done', () =>
  atHome({}, (home) => {
    const told: unknown[] = [];
    const { set } = home.broker.retained;
    home.broker.retained.set = function (topic, payload) {
      if (topic === 'light/desk/firmware') told.push(JSON.parse(payload));
      return set.call(this, topic, payload);
    };
    home.offer(B);
    home.until(() => isKept(home, B), 'kept');
    const percents = told.map((state) => (state as { update_percentage: number }).update_percentage);
    assert.deepEqual(percents.slice(0, 11), [0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    assert.deepEqual(told.at(-1), {
      installed_version: B,
      latest_version: B,
      in_progress: false,
      update_percentage: null,
    });
    assert.deepEqual(
      home.broker.subscriptions().filter((topic) => topic.startsWith('light/firmware/')),
      [],
    );
  }));

test('an image that is in the other slot already is tried at once; one that runs is kept at once', () =>
  atHome({}, (home) => {
    home.offer(B);
    home.until(() => isKept(home, B), 'B');
    const { freeBytes } = home.board.storage.getStats();
    home.broker.retained.forEach(
      (_, topic) => topic.startsWith('light/firmware/') && home.broker.retained.delete(topic),
    );
    home.order(offerOf(home, A));
    home.until(() => isKept(home, A), 'A again');
    assert.ok(freeBytes - home.board.storage.getStats().freeBytes < 300, 'the image was written again');
    home.order(offerOf(home, A));
    home.time.advance(2_000);
    assert.equal(home.info()['update'], 'kept');
    assert.equal(home.log(), 'Ab1Ba1A');
    checkUnmoved(home);
  }));

/** The text of an offer whose chunks are not on the broker. */
function offerOf(home: Home, version: string): string {
  return offerText(home.nextCounter(), imageOf(version), version);
}

/** The image of a program that begins with something else. */
const begins = (text: string): string => text + imageOf(B);

/** The image of a program in which something is another. */
function spoilt(from: string | RegExp, to: string): string {
  const image = imageOf(B).replace(from, to);
  assert.notEqual(image, imageOf(B));
  return image;
}

/** Of wall time: longer than a busy computer's pause. */
const HANG_MS = 1_500;

const BAD: [what: string, image: string, limitMs: number][] = [
  ['throws at boot', begins('throw new Error("bad image");'), MINUTE_MS],
  ['does not parse', begins('function('), MINUTE_MS],
  ['never connects', spoilt('.net.connect(', '.net.nope('), TRIAL_MS],
  ['never joins', spoilt(/\.connect\((\w+),/, '.getIP($1,'), TRIAL_MS],
  ['does nothing at all', spoilt(/^.*/, '0;'), TRIAL_MS],
  ['connects and hangs', begins('setTimeout(function(){while(1);},30000);'), 5 * MINUTE_MS],
  ['hangs at boot', begins('while(1);'), 5 * MINUTE_MS],
  ['throws later', begins('setTimeout(function(){nope()},60000);'), 3 * MINUTE_MS],
  ['restarts all the time', begins('setTimeout(load,20000);'), 2 * MINUTE_MS],
  ['reboots all the time', begins('setTimeout(E.reboot,20000);'), 2 * MINUTE_MS],
  ['loses its settings', spoilt(/"light\.json"/g, '"light.nope"'), TRIAL_MS],
  ['loses its Wi-Fi settings', spoilt(/\.network\.ssid/g, '.network.none'), TRIAL_MS],
  ['has no updater', imageOf(B).split('\n')[0]!, TRIAL_MS],
  ['stops all timers', begins('setTimeout(function(){clearTimeout()},30000);'), 5 * MINUTE_MS],
];

for (const [what, image, limitMs] of BAD)
  test(`an image that ${what} is rolled back`, () =>
    atHome(what.includes('hangs') ? { hangLimitMs: HANG_MS } : {}, (home) => {
      home.offer(B, image);
      home.until(() => home.log().endsWith('-'), 'rolled back', limitMs);
      assert.equal(home.log(), 'Ab1-');
      assert.ok(home.board.console.includes('update: rolled back'));
      home.until(() => home.version() === A && home.info()['update'] === 'rolled back', 'A again', MINUTE_MS);
      assert.equal(home.level(), 100);
      checkSound(home, [A]);
      home.offer(C);
      home.until(() => isKept(home, C), 'C');
    }));

test('an image that hangs at boot is rolled back, also when the trial begins with power', () =>
  atHome({ hangLimitMs: HANG_MS }, (home) => {
    home.board.powerOff();
    home.board.storage.install('light.b', begins('while(1);'));
    home.board.storage.install('light.boot', `Ab${'\xff'.repeat(1022)}`);
    home.board.powerOn();
    home.until(() => home.log() === 'Ab1-', 'rolled back', 5 * MINUTE_MS);
    checkSound(home, [A]);
  }));

test('what an image threw at boot is in the info message of the one before', () =>
  atHome({}, (home) => {
    home.offer(B, begins('throw new Error("bad image");'));
    home.until(() => home.info()['update'] === 'rolled back', 'rolled back');
    assert.match(String(home.info()['lastError']), /bad image/);
  }));

test('a power cut in the trial rolls back, with the lamp as it was', () =>
  atHome({}, (home) => {
    home.offer(B);
    home.until(() => home.version() === B, 'the trial');
    home.board.powerOff();
    home.board.powerOn();
    home.until(() => home.info()['update'] === 'rolled back', 'rolled back');
    assert.equal(home.level(), 100);
    checkSound(home, [A]);
  }));

for (const delayMs of [0, 20, 500, 3_000])
  test(`of two updates, ${delayMs} ms apart, the later one is kept`, () =>
    atHome({}, (home) => {
      home.offer(B);
      home.time.advance(delayMs);
      home.offer(C);
      home.time.advance(5 * MINUTE_MS);
      if (home.version() !== C) home.offer(C); // it came while B was on trial
      home.until(() => isKept(home, C), 'C');
      checkUnmoved(home);
      checkSound(home, [C]);
    }));

test('an update that is offered during a trial is refused, and changes nothing', () =>
  atHome({}, (home) => {
    home.offer(B);
    home.until(() => home.version() === B, 'the trial');
    home.offer(C);
    home.time.advance(1_000);
    assert.equal(home.info()['update'], 'refused: on trial');
    home.until(() => isKept(home, B), 'B');
  }));

for (const kind of ['trash', 'file'] as const)
  test(`a flash full of ${kind} refuses an update in one line, and nothing changes`, () =>
    atHome({}, (home) => {
      home.board.storage.fill(30_000, kind);
      const before = home.board.storage.getStats();
      home.offer(B);
      home.time.advance(20_000);
      assert.equal(home.info()['update'], 'refused: no room: flash by USB, or --compact');
      assert.equal(home.info()['updatesLeft'], 0);
      assert.deepEqual(home.board.storage.getStats(), before);
      assert.equal(home.log(), 'A');
      checkUnmoved(home);
      checkSound(home, [A]);
    }));

test('a fetch that goes on after a restart, when its room is gone, writes nothing and compacts nothing', () =>
  atHome({}, (home) => {
    home.order(offerOf(home, B));
    home.time.advance(10_000);
    home.board.storage.fill(10_000);
    home.board.powerOff();
    home.board.powerOn();
    home.time.advance(10_000);
    home.put(imageOf(B));
    home.time.advance(MINUTE_MS);
    assert.equal(home.board.storage.compactions(), 0);
    assert.equal(home.board.storage.read('light.b'), undefined);
    assert.ok(
      home.board.console.some((line) => line.startsWith('flash full')),
      home.tail(),
    );
    checkSound(home, [A]);
  }));

test('a wrong hash is refused, and the same image is fetched anew when it is offered again', () =>
  atHome({}, (home) => {
    const image = imageOf(B);
    const wrong = image.replace('createNode', 'createNope');
    home.put(image);
    chunksOf(wrong).forEach(({ payload }, n) => home.broker.retained.set(chunksOf(image)[n]!.topic, payload));
    home.order(offerOf(home, B));
    home.until(() => home.info()['update'] === 'refused: wrong hash', 'refused');
    assert.equal(home.log(), 'A');
    home.offer(B);
    home.until(() => isKept(home, B), 'B');
    checkUnmoved(home);
  }));

test('chunks of another length, with other bytes or on another topic are no chunks', () =>
  atHome({}, (home) => {
    const image = imageOf(B);
    const [first, second] = chunksOf(image) as [Chunk, Chunk];
    home.order(offerOf(home, B));
    home.time.advance(1_000);
    for (const payload of ['', 'short', first.payload.slice(1), `${first.payload}x`, '\xff'.repeat(768)])
      home.broker.publish({ topic: first.topic, payload, qos: 0 });
    home.broker.publish({ topic: second.topic, payload: second.payload, qos: 0 });
    home.time.advance(1_000);
    assert.equal(home.board.storage.read('light.b'), undefined);
    home.put(image);
    home.until(() => isKept(home, B), 'B');
  }));

test('a broker without the chunks is asked for half an hour; a later offer of the same image goes on where it was', () =>
  atHome({}, (home) => {
    const chunks = chunksOf(imageOf(B));
    chunks.slice(0, 20).forEach(({ topic, payload }) => home.broker.retained.set(topic, payload));
    home.order(offerOf(home, B));
    home.until(() => home.info()['update'] === 'refused: no data', 'refused', 32 * MINUTE_MS);
    const { freeBytes } = home.board.storage.getStats();
    home.offer(B);
    home.until(() => isKept(home, B), 'B');
    assert.ok(freeBytes - home.board.storage.getStats().freeBytes < 1_000, 'it was fetched anew');
    checkUnmoved(home);
  }));
