// What the interpreter keeps of an error that nothing catches, programs in RAM, and programs that lie in a part of a file.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { BoardOptions } from '../../sim/board/board.ts';
import { createStorage } from '../../sim/board/storage.ts';
import { createHouse } from '../../sim/house.ts';

function bench(t: TestContext, firmware: string, options: BoardOptions = {}) {
  const house = createHouse({ speed: 50 });
  t.after(house.dispose);
  return house.board({ firmware, ...options });
}

test('with onErrorSave the first error that nothing catches goes to a file, and no later one', async (t) => {
  const board = bench(
    t,
    `E.setFlags({ onErrorSave: 1 }); print(E.getFlags().onErrorSave);
    setTimeout(() => { throw new Error('first') }, 10); setTimeout(() => { throw new Error('second') }, 20);
    setTimeout(() => print('done'), 30)`,
  );
  await board.waitFor('done');
  assert.match(board.storage.read('ERROR')!, /^Error: first/);
});

test('without it, with a listener, or after load() nothing is kept', async (t) => {
  for (const program of [
    `setTimeout(() => { throw new Error('first') }, 10)`,
    `E.setFlags({ onErrorSave: 1 }); process.on('uncaughtException', () => {}); setTimeout(() => { throw 1 }, 10)`,
    `if (!require('Storage').read('once')) { require('Storage').write('once', '1'); E.setFlags({ onErrorSave: 1 }); load() }
     else setTimeout(() => { throw new Error('first') }, 10)`,
  ]) {
    const board = bench(t, `${program};setTimeout(() => print('done'), 100)`);
    await board.waitFor('done');
    assert.equal(board.storage.read('ERROR'), undefined);
  }
});

test('a text that a timer runs is in RAM: it survives a compaction, and a function does not', async (t) => {
  for (const [run, survives] of [
    [(text: string) => JSON.stringify(text), true],
    [(text: string) => `function () { ${text} }`, false],
  ] as const) {
    const storage = createStorage({ files: { junk: 'x'.repeat(9_000) } });
    storage.erase('junk');
    const board = bench(t, `setTimeout(${run(`require('Storage').compact();print('after')`)}, 10)`, { storage });
    await board.waitFor(survives ? 'after' : /Uncaught SyntaxError/);
  }
});

test('a part of a file that is evaluated runs from the flash, too', async (t) => {
  const storage = createStorage({ files: { junk: 'x'.repeat(9_000), image: `0;\n(function () { print('part') })` } });
  storage.erase('junk');
  const board = bench(
    t,
    `const part = eval(require('Storage').read('image', 3)); part();
     setTimeout("require('Storage').compact();print('after')", 10);
     global.part = part`,
    { storage },
  );
  await board.waitFor('after');
  assert.ok(board.storage.isGarbled());
});
