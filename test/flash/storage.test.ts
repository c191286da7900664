// What is in Storage after a flash: the program first, every other file as it was, no trash; also after a power cut at the worst time.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ScriptedBoard } from '../support/scriptedBoard.ts';
import { EXIT } from '../../tools/flash/exits.ts';
import { bundle, flash, present, programText, SETTINGS_ARGV, wholeRun, withBoard } from '../support/flashing.ts';

const ALL_BYTES = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));

/** Files of a light that has run for a while, and its owner's own files. */
const USED = {
  'mine.dat': ALL_BYTES.repeat(20),
  '.bootcde': programText('0.9.0'),
  'light.json': '{"name":"old"}',
  'light.id': 'abcdefghijklmnopqrstuvw',
  'light.log0': `\x01\x02${'\xff'.repeat(510)}`,
  'light.log1': '\xff'.repeat(512),
  Küche: 'own',
};

const { '.bootcde': _program, ...OTHERS } = USED;

const keepArgv = (port: string) => ['--port', port, '--bundle', bundle('1.0.0'), '--keep-config'];

const filesOf = ({ storage }: ScriptedBoard) =>
  Object.fromEntries(storage.list().map((name) => [name, storage.read(name)]));

function assertArranged(board: ScriptedBoard, others: Record<string, string>): void {
  assert.equal(board.storage.list()[0], '.bootcde');
  assert.equal(board.trashBytes(), 0);
  assert.deepEqual(filesOf(board), { ...others, '.bootcde': `/**/${programText('1.0.0')}` });
}

test('leaves the program first, every file of the owner and the light, and no trash', () =>
  withBoard({ files: USED }, async (board, port) => {
    const { code, output } = await flash(keepArgv(port));
    assert.equal(code, EXIT.ok, output);
    assert.equal(output.match(/✓ arrange/g)?.length, 1, 'one compaction does');
    assertArranged(board, OTHERS);
    assert.deepEqual(present(board), wholeRun('1.0.0'));
  }));

test('keeps more files than fit in one answer of the board', () => {
  const many = Object.fromEntries(
    Array.from({ length: 95 }, (_, i) => [`file number ${i} with a long name`.slice(0, 28), `${i}`]),
  );
  return withBoard({ files: many }, async (board, port) => {
    const { code, output } = await flash(keepArgv(port));
    assert.equal(code, EXIT.ok, output);
    assertArranged(board, many);
  });
});

test('leaves a file where it lies when there is no room for a second copy of it', () =>
  withBoard({ storageBytes: 20_000, files: { 'big.dat': 'x'.repeat(12_000) } }, async (board, port) => {
    const { code, output } = await flash(keepArgv(port));
    assert.equal(code, EXIT.ok, output);
    assert.deepEqual(board.storage.list(), ['big.dat', '.bootcde']);
    assert.equal(board.trashBytes(), 0);
  }));

test('clears the trash that a light has made, without an upload', () =>
  withBoard({}, async (board, port) => {
    const argv = ['--port', port, '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV];
    await flash(argv);
    board.storage.write('light.state', 'on');
    board.storage.write('light.state', 'off');
    assert.notEqual(board.trashBytes(), 0);
    const { code, output } = await flash(argv);
    assert.equal(code, EXIT.ok, output);
    assert.doesNotMatch(output, /upload|install/);
    assert.equal(board.trashBytes(), 0);
    assert.equal(board.storage.read('light.state'), 'off');
  }));

test('makes room by a compaction of which no file is lost, not even when the power goes in it', async () => {
  const { 'mine.dat': _big, ...small } = USED;
  const files = { ...small, 'mine.dat': 'x'.repeat(2_000) };
  for (const faults of [{}, { powerCutInCompaction: true, powerReturns: true }])
    // There is room for every file, but not for a second copy of all at once.
    await withBoard({ storageBytes: 8_500, files, faults }, async (board, port) => {
      board.storage.write('trash', 'x'.repeat(3_000));
      board.storage.erase('trash');
      const { code, output } = await flash(keepArgv(port));
      assert.equal(code, EXIT.ok, output);
      assert.match(output, /✓ space .*\n.* (✓ arrange|! .* while Storage was compacted)/);
      assertArranged(board, { ...OTHERS, 'mine.dat': files['mine.dat'] });
    });
});

test('writes everything again when the power went in the compaction and came back', () =>
  withBoard({ files: USED, faults: { powerCutInCompaction: true, powerReturns: true } }, async (board, port) => {
    const { code, output } = await flash(keepArgv(port));
    assert.equal(code, EXIT.ok, output);
    assert.match(output, /while Storage was compacted/);
    assertArranged(board, OTHERS);
    assert.deepEqual(present(board), wholeRun('1.0.0'));
  }));

test('says that the board has lost its files when the power went in the compaction and stayed away', () =>
  withBoard({ files: USED, faults: { powerCutInCompaction: true } }, async (board, port) => {
    const { code, output } = await flash(keepArgv(port));
    assert.equal(code, EXIT.lostInTransfer, output);
    assert.match(output, /lost its files: flash again, with its settings/);
    assert.deepEqual(board.powerCycle(), []);
    const again = await flash(['--port', port, '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV]);
    assert.equal(again.code, EXIT.ok, again.output);
    assert.deepEqual(present(board), wholeRun('1.0.0'));
  }));

test('says at Ctrl-C what the board is left with, and flashing again mends it', async () => {
  for (const [step, words] of [
    ['✓ space', /stopped: the board has its old program or none/],
    ['✓ install', /stopped: the board has the new program/],
  ] as const)
    await withBoard({ files: USED }, async (board, port) => {
      const stop = new AbortController();
      let output = '';
      const write = (text: string) => {
        output += text;
        if (text.includes(step)) setTimeout(() => stop.abort(), 1);
      };
      const { code } = await flash(keepArgv(port), { signal: stop.signal, write });
      assert.equal(code, EXIT.interrupted, output);
      assert.match(output, words);
      board.powerCycle();
      const again = await flash(keepArgv(port));
      assert.equal(again.code, EXIT.ok, again.output);
      assertArranged(board, OTHERS);
    });
});

test('lets a compaction end before Ctrl-C takes the port away, for good', () => {
  const stop = new AbortController();
  return withBoard({ files: USED, faults: { onCompaction: () => stop.abort() } }, async (board, port) => {
    const { code, output } = await flash(keepArgv(port), { signal: stop.signal });
    assert.equal(code, EXIT.interrupted, output);
    assert.match(output, /stopped: the board has the new program/);
    const received = board.received();
    await sleep(50);
    assert.equal(board.received(), received);
  });
});
