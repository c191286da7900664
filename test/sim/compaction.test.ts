import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { BoardOptions } from '../../sim/board/board.ts';
import { createHouse } from '../../sim/house.ts';
import { createStorage, type VirtualStorage } from '../../sim/board/storage.ts';

const GARBLED = 'Uncaught SyntaxError: Got [ERASED] expected EOF';

/** A flash with room for `leaveBytes`; the program will lie behind the trash. */
function fullOfTrash(leaveBytes: number, programBytes: number): VirtualStorage {
  const storage = createStorage();
  storage.fill(leaveBytes + programBytes);
  return storage;
}

function bench(t: TestContext, firmware: string, options: BoardOptions = {}) {
  const house = createHouse({ speed: 50 });
  t.after(house.dispose);
  const storage = fullOfTrash(200, 32 + Math.ceil(firmware.length / 4) * 4);
  return house.board({ firmware, storage, ...options });
}

const WRITES = `const s = require('Storage'); const fill = () => s.write('f', 'x'.repeat(300));`;

test('a write that finds no room compacts, for seconds, and the program is garbled', async (t) => {
  const board = bench(
    t,
    `${WRITES} setInterval(() => print('tick'), 1000);
     setTimeout(() => { try { fill() } catch (e) { print('caught') } D5.write(1); print('after') }, 1500)`,
  );
  await board.waitFor(GARBLED);
  assert.ok(board.nowMs() > 1500 + 4000, `${board.nowMs()} ms`);
  await board.waitFor(GARBLED);
  assert.deepEqual(
    board.console.filter((line) => !line.startsWith(' ')).filter((line) => line !== 'tick' && line !== GARBLED),
    ['Compacting...'],
  );
  assert.deepEqual([board.storage.compactions(), board.storage.read('f')?.length], [1, 300]);
});

test('an explicit compaction garbles too; what is typed at the prompt still runs, and a reset ends it', async (t) => {
  const board = bench(t, `const go = () => require('Storage').compact(); print('boot')`);
  await board.waitFor('boot');
  board.type(`require('Storage').compact()`);
  board.type(`print('alive', require('Storage').getStats().trashBytes); setTimeout(() => print('never'), 1)`);
  await board.waitFor('alive 0');
  await board.waitFor(GARBLED);
  board.reset();
  await board.waitFor(/^boot$/);
  assert.equal(board.storage.isGarbled(), false);
});

test('a program before all trash survives its compaction', async (t) => {
  const storage = createStorage();
  storage.install('.bootcde', `${WRITES} setTimeout(() => { fill(); print('after') }, 100)`);
  storage.fill(200);
  const house = createHouse({ speed: 50 });
  t.after(house.dispose);
  const board = house.board({ storage });
  await board.waitFor('after');
  assert.equal(storage.compactions(), 1);
});

test('a program that was evaluated from a file of its own is garbled like one that booted', async (t) => {
  const storage = createStorage();
  storage.install('.bootcde', `eval(require('Storage').read('app'))`);
  storage.fill(1000);
  storage.install('app', `${WRITES} setTimeout(() => { s.compact(); print('after') }, 100)`);
  const house = createHouse({ speed: 50 });
  t.after(house.dispose);
  const board = house.board({ storage });
  await board.waitFor(GARBLED);
});

test('a garbled program kicks the automatic watchdog, and so does the compaction', async (t) => {
  const board = bench(t, `${WRITES} E.enableWatchdog(2, true); setTimeout(fill, 100); setInterval(() => {}, 1000)`);
  for (let turn = 0; turn < 4; turn += 1) await board.waitFor(GARBLED);
  assert.equal(board.resets.length, 1);
});

test('a power cut in the compaction loses every file, and the next boot reports it', async (t) => {
  const board = bench(t, `${WRITES} print('boot'); setTimeout(fill, 100)`);
  await board.waitFor('boot');
  await board.waitFor(() => board.storage.compactions() === 1);
  board.powerOff();
  assert.deepEqual(board.storage.list(), []);
  board.powerOn();
  await board.waitFor('Storage is corrupt. Erasing Storage Area...');
  assert.equal(board.storage.getFree(), 896 * 1024);
});

test('a power cut after the compaction loses nothing', async (t) => {
  const board = bench(t, `${WRITES} print('boot'); if (!s.read('f')) setTimeout(fill, 100)`);
  await board.waitFor(() => board.storage.compactions() === 1);
  const fromMs = board.nowMs();
  await board.waitFor(() => board.nowMs() > fromMs + 1000);
  board.powerOff();
  board.powerOn();
  await board.waitFor('boot');
  await board.waitFor('boot');
  assert.equal(board.storage.read('f')?.length, 300);
});
