// Many updates of one board, until its flash is full; and what the owner does then.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStorage } from '../../sim/board/storage.ts';
import { atHome, checkSound, checkUnmoved, flashFiles, imageOf, MINUTE_MS, SETTINGS, type Home } from './home.ts';

const NO_ROOM = 'refused: no room: flash by USB, or --compact';

/** Updates the board until it refuses, or `most` times; gives how often. */
function updateUntilFull(home: Home, most: number, from = 0): number {
  for (let done = 0; done < most; done += 1) {
    const left = Number(home.info()['updatesLeft']);
    const version = `2.0.${from + done}-R`;
    home.offer(version);
    home.until(
      () => /kept|refused/.test(String(home.info()['update'])) && !isOld(home, version),
      version,
      3 * MINUTE_MS,
    );
    if (home.version() === version) continue;
    assert.equal(home.info()['update'], NO_ROOM);
    assert.equal(left, 0);
    return done;
  }
  return most;
}

/** What the light says is about the update before. */
const isOld = (home: Home, version: string): boolean => home.info()['update'] !== NO_ROOM && home.version() !== version;

test('sixty updates in a row: the board says how many are left and refuses the rest; compacted, it goes on', () =>
  atHome({}, (home) => {
    const promised = Number(home.info()['updatesLeft']);
    const first = updateUntilFull(home, 60);
    assert.ok(Math.abs(first - promised) <= 1, `${promised} promised, ${first} done`);
    const { freeBytes } = home.board.storage.getStats();
    assert.equal(home.board.storage.compactions(), 0);
    home.offer('9.9.9-X');
    home.time.advance(20_000);
    assert.ok(home.board.storage.getStats().freeBytes > freeBytes - 200, 'a refusal costs no flash');
    checkSound(home, [`2.0.${first - 1}-R`]);

    home.order(`compact ${home.nextCounter()}`);
    home.until(() => home.info()['update'] === 'compacted', 'compacted', 2 * MINUTE_MS);
    assert.equal(home.board.storage.compactions(), 1);
    assert.equal(home.board.storage.isGarbled(), false);
    checkSound(home, [`2.0.${first - 1}-R`]);

    const more = updateUntilFull(home, 60 - first, first);
    checkSound(home, [`2.0.${first + more - 1}-R`]);
    assert.ok(more >= first - 1, `${first}, then ${more}`);
  }));

test('the loader compacts from RAM: it may lie behind trash', () => {
  const storage = createStorage({ files: { junk: 'x'.repeat(50_000) } });
  storage.erase('junk');
  atHome({ storage }, (home) => {
    home.order(`compact ${home.nextCounter()}`);
    home.until(() => home.info()['update'] === 'compacted', 'compacted', 2 * MINUTE_MS);
    assert.equal(storage.compactions(), 1);
    checkSound(home, ['1.0.0-A']);
  });
});

test('a board that was refused goes on after USB, with its settings and its lamp', () =>
  atHome({}, (home) => {
    home.board.storage.fill(40_000);
    updateUntilFull(home, 3);
    home.board.powerOff();
    const keep = Object.entries(flashFiles(imageOf('5.0.0-U'), home.key));
    const settings = home.board.storage.read('light.json')!;
    home.board.storage.eraseAll();
    for (const [name, data] of [...keep, ['light.json', settings] as const]) home.board.storage.install(name, data);
    home.board.powerOn();
    home.until(() => home.version() === '5.0.0-U', 'USB', MINUTE_MS);
    assert.equal(updateUntilFull(home, 2), 2);
    checkSound(home, ['2.0.1-R']);
  }));

test('a boot log that is full refuses updates and says what to do', () =>
  atHome({}, (home) => {
    home.board.storage.install('light.boot', `A${'Ab1-'.repeat(255)}${'\xff'.repeat(3)}`);
    home.board.reset();
    home.time.advance(10_000);
    const orders = [
      () => home.order(`compact ${home.nextCounter()}`),
      () => home.configure(SETTINGS),
      () => home.offer('2.0.0-B'),
    ];
    for (const order of orders) {
      order();
      home.time.advance(2_000);
      assert.equal(home.info()['update'], 'refused: boot log full: flash once by USB');
    }
    checkUnmoved(home);
    checkSound(home, ['1.0.0-A']);
  }));

test('a whole boot log, to its last byte, still boots the kept slot', () =>
  atHome({}, (home) => {
    for (const log of [
      `A${'b1-'.repeat(341)}`,
      `${'A'.repeat(1023)}1`,
      `${'A'.repeat(1023)}b`,
      `${'A'.repeat(1023)}c`,
    ]) {
      home.board.storage.install('light.boot', log);
      home.board.reset();
      home.time.advance(10_000);
      home.obey('{"brightness":90}', 90);
      home.obey('{"brightness":100}', 100);
      assert.equal(home.info()['slot'], 'a');
    }
  }));

test('a board without a boot log, or without the slot that it names, runs the slot that there is', () =>
  atHome({}, (home) => {
    const { storage } = home.board;
    storage.erase('light.boot');
    home.board.reset();
    home.time.advance(10_000);
    home.obey('{"brightness":90}', 90);
    storage.install('light.b', storage.read('light.a')!);
    storage.erase('light.a');
    for (const log of ['', 'A', 'A1']) {
      storage.install('light.boot', log + '\xff'.repeat(1024 - log.length));
      home.board.reset();
      home.time.advance(10_000);
      home.obey('off', 0);
      home.obey('{"brightness":90}', 90);
      assert.equal(home.info()['slot'], 'b');
    }
  }));
