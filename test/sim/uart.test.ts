import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createHouse } from '../../sim/house.ts';

const MOVED = `Serial1.on('data', (d) => Serial1.write('[' + d + ']')); E.setConsole(null);`;

async function bench(t: TestContext, firmware: string) {
  const house = createHouse({ speed: 20 });
  t.after(house.dispose);
  const board = house.board({ firmware: `print('boot ' + E.getConsole()); ${firmware}` });
  let sent = '';
  board.serialLine.onBytes((bytes) => (sent += bytes));
  await board.waitFor('boot');
  return { board, sent: () => sent, waitFor: (text: string) => board.waitFor(() => sent.includes(text)) };
}

test('the console runs lines that come over the wire, and prints to it', async (t) => {
  const { board, waitFor } = await bench(t, '');
  board.serialLine.send('\x03\x10pri');
  board.serialLine.send('nt(6*7)\n');
  await waitFor('42\r\n');
});

test('without a console every byte goes to the program, and what is printed nowhere', async (t) => {
  const { board, sent, waitFor } = await bench(t, `${MOVED} print('lost')`);
  await waitFor('-> null\r\n');
  board.serialLine.send('\x03\x10\x01print(1)\n');
  await waitFor('[\x03\x10\x01print(1)\n]');
  assert.ok(!sent().includes('lost'));
});

test('the console comes back, and bytes that the program has taken can be given to it', async (t) => {
  const { board, sent, waitFor } = await bench(
    t,
    `Serial1.on('data', (d) => { E.setConsole(Serial1, { force: true }); Serial1.inject(d) }); E.setConsole(null);`,
  );
  board.serialLine.send('print("back " + E.getConsole())\n');
  await waitFor('<- null\r\nback Serial1\r\n');
  assert.ok(!sent().includes('-> Serial1'));
});

test('load() leaves the console where it is; a reset brings it back', async (t) => {
  const { board, waitFor } = await bench(t, `if (!global.moved) ${MOVED}`);
  board.serialLine.send('x');
  await waitFor('[x]');
  (board.global()['load'] as () => void)();
  await assert.rejects(board.waitFor('boot', 100));
  board.reset();
  await board.waitFor('boot Serial1');
});

test('an unknown device throws', async (t) => {
  const { waitFor } = await bench(t, `try { E.setConsole('Serial9') } catch (e) { print(e.message) }`);
  await waitFor('Unknown device type "Serial9"');
});
