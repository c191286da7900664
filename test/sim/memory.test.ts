import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import type { BoardOptions } from '../../sim/board/board.ts';
import { createHouse } from '../../sim/house.ts';

const REJOIN = `
  const wifi = require('Wifi');
  const empty = (details) => Object.keys(details).forEach((key) => { delete details[key] });
  const join = (callback) => wifi.connect('Home', { password: 'secret-password' }, callback);
  const used = () => process.memory().usage;
  const rejoin = (done) => wifi.disconnect(() => 0) || setTimeout(() => join(() => setTimeout(done, 50)), 200);
`;

function bench(t: TestContext, program: string, options: BoardOptions = {}) {
  const house = createHouse({ speed: 50 });
  t.after(house.dispose);
  return house.board({ firmware: REJOIN + program, ip: '192.168.1.9', ...options });
}

/** How much a disconnect and a join leave. */
const LEFT = `join(() => setTimeout(() => { const before = used(); rejoin(() => print('left', used() - before)) }, 50));`;

test('a disconnect and a join leave some thirty variables, listeners or not', async (t) => {
  for (const listeners of ['', `wifi.on('connected', () => 0); wifi.on('disconnected', () => 0);`]) {
    const board = bench(t, listeners + LEFT);
    await board.waitFor(/^left (29|3[01])$/);
  }
});

test('listeners that empty the details leave one of each event, and those of associated', async (t) => {
  const board = bench(t, `wifi.on('connected', empty); wifi.on('disconnected', empty); ${LEFT}`);
  await board.waitFor(/^left 1[0-2]$/);
  const careful = bench(
    t,
    `for (const event of ['associated', 'connected', 'disconnected']) wifi.on(event, empty); ${LEFT}`,
  );
  await careful.waitFor('left 3');
});

test('a failed attempt leaves one variable when its details are emptied', async (t) => {
  const board = bench(
    t,
    `wifi.on('disconnected', (details) => { empty(details); print('left', used() - before) }); const before = used(); wifi.connect('Elsewhere')`,
  );
  await board.waitFor('left 1');
});

test('when no variable is left the console says so, callbacks end before they begin, and only load() helps', async (t) => {
  const board = bench(
    t,
    `print('boot', process.memory().free > 0); const again = () => rejoin(again);
     if (!global.isLoaded) setTimeout(again, 2000); wifi.on('disconnected', () => print('down')); join()`,
    { totalVariables: 804 },
  );
  await board.waitFor('OUT OF MEMORY');
  await board.waitFor('Execution Interrupted');
  const downs = board.console.filter((line) => line === 'down').length;
  assert.ok(downs >= 2 && downs <= 4, `${downs} times`);
  board.type('load()');
  await board.waitFor('boot true');
  await board.waitFor('down');
});
