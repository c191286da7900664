// Power cuts during an update: at every write to the flash, and between them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TornWrite } from '../../sim/board/storage.ts';
import { atHome, checkSound, createHome, imageOf, MINUTE_MS, SETTINGS, type Home } from './home.ts';

const A = '1.0.0-A';
const B = '2.0.0-B';
const TORN: TornWrite[] = ['old', 'nothing', 'truncated'];

const isOver = (home: Home): boolean =>
  home.board.isOn() && /kept|rolled back|refused/.test(String(home.info()['update']));

/** Passes time; power comes back after two seconds whenever it goes. */
function passWithPower(home: Home, ms: number): void {
  for (let passed = 0; passed < ms; passed += 1_000) {
    home.time.advance(1_000);
    if (!home.board.isOn()) {
      home.time.advance(2_000);
      home.board.powerOn();
    }
  }
}

/** Offers B as the owner's tool does: again when the light forgot it or rolled back, until it runs. */
function offerUntilKept(home: Home): void {
  for (let offers = 0; offers < 4; offers += 1) {
    home.offer(B);
    for (let minutes = 0; minutes < 6; minutes += 1) {
      passWithPower(home, MINUTE_MS);
      if (home.version() === B && home.info()['update'] !== 'trial' && home.log().endsWith('B')) return;
      if (isOver(home)) break;
    }
  }
  assert.fail(`B was never kept\n${home.tail()}`);
}

/** The writes of an update without a power cut, by file. */
function writesOfUpdate(): string[] {
  const home = createHome();
  home.board.powerOn();
  home.obey('{"brightness":100}', 100);
  home.time.advance(10_000);
  const before = home.board.storage.writes.length;
  offerUntilKept(home);
  home.board.dispose();
  return home.board.storage.writes.slice(before).map(({ name }) => name);
}

const WRITES = writesOfUpdate();

/** Writes of a chunk, counted from 1: all do the same, so the whole update is played for the first ones and the last ones only. */
const isMiddleChunk = (nth: number): boolean =>
  [nth - 2, nth - 1, nth, nth + 1].every((at) => WRITES[at] === 'light.b');

test('an update writes what the table of power cuts counts on', () => {
  assert.deepEqual([...new Set(WRITES)].sort(), ['light.b', 'light.boot', 'light.count1', 'light.log1', 'light.offer']);
  assert.equal(WRITES.filter((name) => name === 'light.b').length, Math.ceil(imageOf(B).length / 768));
});

for (const torn of TORN)
  test(`a power cut at any write that leaves ${torn} costs no board and no update`, () => {
    for (let nth = 1; nth <= WRITES.length; nth += 1) {
      if (isMiddleChunk(nth)) continue;
      atHome({}, (home) => {
        home.board.storage.cutPowerAt(nth, torn);
        offerUntilKept(home);
        checkSound(home, [B]);
      });
    }
  });

for (const torn of TORN)
  test(`a power cut at any chunk that leaves ${torn} costs a chunk: the fetch goes on by itself`, () => {
    for (let nth = 1; nth <= WRITES.length; nth += 1) {
      if (!isMiddleChunk(nth)) continue;
      const home = createHome();
      try {
        home.board.powerOn();
        home.until(() => home.version() === A, 'A');
        home.board.storage.cutPowerAt(nth, torn);
        home.offer(B);
        home.until(() => !home.board.isOn(), 'the power cut', MINUTE_MS);
        home.board.powerOn();
        home.until(() => home.log() === 'Ab', 'the trial', MINUTE_MS);
        assert.ok(home.holds('b', imageOf(B)));
        assert.equal(home.board.storage.getStats().trashCount < 4, true, 'the slot was made anew');
      } finally {
        home.board.dispose();
      }
    }
  });

test('a power cut in every second of an update and its trial costs no board', () => {
  for (let second = 1; second <= 150; second += second < 20 ? 1 : 13)
    atHome({}, (home) => {
      home.offer(B);
      home.time.advance(second * 1_000 - 500);
      home.board.powerOff();
      home.time.advance(3_000);
      home.board.powerOn();
      passWithPower(home, 4 * MINUTE_MS);
      checkSound(home, [A, B]);
    });
});

test('power that comes and goes every few seconds costs no board', () =>
  atHome({}, (home) => {
    home.offer(B);
    for (let cut = 0; cut < 40; cut += 1) {
      home.time.advance(1_000 + cut * 150);
      home.board.powerOff();
      home.time.advance(500);
      home.board.powerOn();
    }
    passWithPower(home, 5 * MINUTE_MS);
    checkSound(home, [A, B]);
    offerUntilKept(home);
    checkSound(home, [B]);
  }));

const NEW_SETTINGS = { ...SETTINGS, powerOn: 'last', homeAssistant: true };

for (const torn of TORN)
  test(`settings survive a power cut at any write that leaves ${torn}: the old ones or the new ones count, whole`, () => {
    let cuts = 0;
    for (let nth = 1; nth < 20 && cuts === nth - 1; nth += 1)
      atHome({}, (home) => {
        home.board.storage.cutPowerAt(nth, torn);
        home.configure(NEW_SETTINGS);
        for (let seconds = 0; seconds < 240; seconds += 1) {
          home.time.advance(1_000);
          if (home.board.isOn()) continue;
          cuts += 1;
          home.board.powerOn();
        }
        home.board.storage.cutPowerAt(Infinity);
        checkSound(home, [A]);
        const hasNew = home.info()['powerOn'] === 'last';
        assert.equal(home.board.storage.read('light.try'), undefined);
        assert.deepEqual(JSON.parse(home.board.storage.read('light.json')!), hasNew ? NEW_SETTINGS : SETTINGS);
        if (cuts < nth) assert.ok(hasNew, 'without a cut the new ones are kept');
      });
    assert.ok(cuts > 5, `${cuts} cuts`);
  });
