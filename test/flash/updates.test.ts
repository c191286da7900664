// Boards that take updates: what the flash tool writes, what it leaves alone, and what a power cut leaves.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { boardKeys, readMasterKey, setupPassword } from '../../tools/keys.ts';
import { EXIT } from '../../tools/flash/exits.ts';
import { createScriptedBoard, type BoardFaults, type ScriptedBoard } from '../support/scriptedBoard.ts';
import { SERIAL } from '../support/scriptedInterpreter.ts';
import {
  bundle,
  file,
  flash,
  MASTER_KEY,
  present,
  programText,
  SETTINGS_ARGV,
  updatable,
  updatableRun,
  wholeRun,
  withBoard,
} from '../support/flashing.ts';

/** The built loader. */
const LOADER = readFileSync('dist/loader.js', 'latin1');

/** A loader that only runs the slot that is kept, so that marks of a trial stay as a test has written them. */
const KEEPER =
  '(function(s,l){l=s.read("light.boot")||"";' +
  'eval(s.read(l.lastIndexOf("B")>l.lastIndexOf("A")?"light.b":"light.a")||"")})(require("Storage"))';

/** Makes a folder such as `dist/`. */
function folder(files: Record<string, string>): string {
  const path = mkdtempSync(join(tmpdir(), 'dist-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text);
  return path;
}

const SETUP = '(function(){})';

const dist = folder({ 'loader.js': LOADER, 'setup.js': SETUP });
const keeperDist = folder({ 'loader.js': KEEPER, 'setup.js': SETUP });

const run = (port: string, version: string, ...more: string[]) =>
  flash(['--port', port, '--bundle', updatable(version), ...more], { dist });

const flashed = (port: string, version: string) => run(port, version, ...SETTINGS_ARGV);

const textOf = (path: string): string => readFileSync(path, 'latin1');

/** A boot log with these marks. */
const log = (marks: string): string => marks.padEnd(1024, '\xff');

/** A board with marks of a trial in its boot log, which a boot does not change. */
const marked = (marks: string) => ({
  files: { ...inSlotB('1.0.0'), '.bootcde': `/**/${KEEPER}`, 'light.boot': log(marks) },
});

/** What a board holds that runs a version from slot b after an update. */
const inSlotB = (version: string) => ({
  '.bootcde': `/**/${LOADER}`,
  'light.a': textOf(updatable('0.0.1')),
  'light.boot': log('Ab1B'),
  'light.b': textOf(updatable(version)),
  'light.json': '{"name":"old"}',
  'light.count1': 'as it was',
  ERROR: 'an old one',
});

function assertRuns(board: ScriptedBoard, version: string): void {
  assert.deepEqual(present(board), updatableRun(version));
  assert.equal(board.storage.list()[0], '.bootcde');
  assert.equal(board.trashBytes(), 0);
}

test('installs the loader first, the bundle in slot a, a fresh boot log, and the keys of this board', () =>
  withBoard({}, async (board, port) => {
    const { code, output } = await flashed(port, '1.0.0');
    assert.equal(code, EXIT.ok, output);
    assertRuns(board, '1.0.0');
    const { signing, encryption } = boardKeys(readMasterKey(MASTER_KEY)!, SERIAL);
    assert.deepEqual(board.storage.list().sort(), [
      '.bootcde',
      'light.a',
      'light.ap',
      'light.boot',
      'light.count0',
      'light.json',
      'light.key',
      'light.setup',
    ]);
    assert.equal(board.storage.read('.bootcde'), `/**/${LOADER}`);
    assert.equal(board.storage.read('light.a'), textOf(updatable('1.0.0')));
    assert.equal(board.storage.read('light.boot'), log('A'));
    assert.equal(board.storage.read('light.key'), Buffer.concat([signing, encryption]).toString('latin1'));
  }));

test('makes the master key once, for its owner alone, and says so', () =>
  withBoard({}, async (_, port) => {
    const key = join(folder({}), 'own.key');
    const first = await run(port, '1.0.0', ...SETTINGS_ARGV, '--master-key', key);
    assert.match(first.output, /^made the master key \S*own\.key: keep a copy/);
    assert.equal(statSync(key).mode & 0o777, 0o600);
    const again = await run(port, '1.0.0', ...SETTINGS_ARGV, '--master-key', key);
    assert.doesNotMatch(again.output, /made the master key/);
    assert.match(again.output, /nothing to do/);
  }));

test('refuses a file that is no master key, in one line, before it opens a port', async () => {
  const key = file('broken.key', 'secret');
  const { code, output } = await run('/dev/nowhere', '1.0.0', ...SETTINGS_ARGV, '--master-key', key);
  assert.equal(code, EXIT.badArguments);
  assert.match(output, /^flash: \S+broken\.key is no master key: it must hold 64 hex digits\n$/);
});

test('has nothing to do on a board that runs the bundle, with marks in its boot log, in either slot', async () => {
  await withBoard({}, async (board, port) => {
    await flashed(port, '1.0.0');
    board.storage.write('light.boot', 's1S', 1);
    const writes = board.storage.writes.length;
    assert.match((await flashed(port, '1.0.0')).output, /nothing to do/);
    assert.equal(board.storage.writes.length, writes);
  });
  await withBoard({}, async (board, port) => {
    await flashed(port, '1.0.0');
    for (const [name, data] of Object.entries(inSlotB('2.0.0')))
      if (name !== '.bootcde') board.storage.write(name, data);
    board.storage.compact();
    const { output } = await run(port, '2.0.0', '--keep-config');
    assert.match(output, /nothing to do/);
    assertRuns(board, '2.0.0');
  });
});

test('puts another version in slot a, and removes what was in slot b or on trial', async () => {
  for (const files of [
    inSlotB('2.0.0'),
    { ...inSlotB('1.0.0'), 'light.offer': 'firmware 1 2 3' },
    { ...inSlotB('1.0.0'), 'light.try': '{}' },
    { ...inSlotB('1.0.0'), 'light.boot': log('Ab1B'.padEnd(1_000, 'S')) },
  ])
    await withBoard({ files }, async (board, port) => {
      const { code, output } = await run(port, '1.0.0', '--keep-config');
      assert.equal(code, EXIT.ok, output);
      assertRuns(board, '1.0.0');
      assert.equal(board.storage.read('light.boot'), log('A'));
      assert.deepEqual(board.storage.list().sort(), [
        '.bootcde',
        'light.a',
        'light.ap',
        'light.boot',
        'light.count1',
        'light.json',
        'light.key',
        'light.setup',
      ]);
      assert.equal(board.storage.read('light.json'), '{"name":"old"}');
    });
});

test('ends a trial that is under way', async () => {
  for (const marks of ['Ab1Ba', 'Ab1Ba1', 'Ab1Bs', 'Ab1Bc'])
    await withBoard(marked(marks), async (board, port) => {
      const argv = ['--port', port, '--bundle', updatable('1.0.0'), '--keep-config'];
      const { code, output } = await flash(argv, { dist: keeperDist });
      assert.equal(code, EXIT.ok, output);
      assert.equal(board.storage.read('light.boot'), log('A'));
    });
});

test('keeps with --keep-config the settings that a trial has kept and that are not in their file yet', () =>
  withBoard(
    { files: { ...inSlotB('1.0.0'), 'light.boot': log('Ab1Bs1S'), 'light.try': '{"name":"new"}  ' } },
    async (board, port) => {
      const { code, output } = await run(port, '1.0.0', '--keep-config');
      assert.equal(code, EXIT.ok, output);
      assert.equal(board.storage.read('light.json'), '{"name":"new"}  ');
      assert.equal(board.storage.read('light.try'), undefined);
    },
  ));

test('turns a board on which the program ran alone into one that takes updates, and back', () =>
  withBoard({ files: { '.bootcde': programText('0.9.0'), 'light.id': 'me' } }, async (board, port) => {
    assert.equal((await flashed(port, '1.0.0')).code, EXIT.ok);
    assertRuns(board, '1.0.0');
    const { code, output } = await flash(['--port', port, '--bundle', bundle('2.0.0'), '--keep-config'], { dist });
    assert.equal(code, EXIT.ok, output);
    assert.deepEqual(present(board), wholeRun('2.0.0'));
    assert.deepEqual(board.storage.list().sort(), ['.bootcde', 'light.count0', 'light.id', 'light.json']);
  }));

test('writes the set-up program with its password, which it prints', () =>
  withBoard({}, async (board, port) => {
    const { code, output } = await flashed(port, '1.0.0');
    assert.equal(code, EXIT.ok, output);
    const password = setupPassword(readMasterKey(MASTER_KEY)!, SERIAL);
    assert.match(output, new RegExp(`set-up password: ${password} `));
    assert.equal(board.storage.read('light.setup'), SETUP);
    assert.equal(board.storage.read('light.ap'), password);
  }));

test('says that the loader was not built', async () => {
  const argv = ['--port', '/dev/nowhere', '--bundle', updatable('1.0.0'), ...SETTINGS_ARGV];
  const { code, output } = await flash(argv, { dist: folder({}) });
  assert.equal(code, EXIT.badArguments);
  assert.match(output, /^flash: \S+loader\.js cannot be read: run "npm run build" first\n$/);
});

test('with --show tells version, slot, the last trial and the room for updates', async () => {
  for (const [marks, words] of [
    ['Ab1B', 'program kept'],
    ['Ab1Ba1', 'program on trial'],
    ['Ab1Ba1-', 'the last trial was rolled back'],
    ['Ab1Bs', 'settings on trial'],
    ['Ab1Bs1S', 'settings kept'],
    ['Ab1BcC', 'compacted'],
  ] as const)
    await withBoard(marked(marks), async (board, port) => {
      const { code, output } = await run(port, '1.0.0', '--show');
      assert.equal(code, EXIT.ok, output);
      assert.match(output, /✓ program +1\.0\.0, \d+ bytes, CRC-32 \w{8}, same as the bundle, slot b\n/);
      const updates = (board.storage.getStats().freeBytes - 4_096) / (textOf(updatable('1.0.0')).length + 512);
      const left = `${Math.floor(updates)} left before a flash by USB or --compact`;
      assert.match(output, new RegExp(`✓ updates +${words}; ${left}\\n`));
    });
});

test('with --show reads settings that the board has written itself, byte by byte', () =>
  withBoard(
    { files: { ...inSlotB('1.0.0'), 'light.json': '{"name":"K\\u00C3\\u00BCche","wifi":{"ssid":"K\\u00FCche"}}' } },
    async (_, port) => {
      const { output } = await run(port, '1.0.0', '--show');
      assert.match(output, /wifi\.ssid +Küche\n.* name +Küche\n/);
    },
  ));

test('with --erase leaves nothing', () =>
  withBoard({ files: inSlotB('1.0.0') }, async (board, port) => {
    assert.equal((await run(port, '1.0.0', '--erase')).code, EXIT.ok);
    assert.deepEqual(board.storage.list(), []);
  }));

/** Boards that are flashed side by side: they wait most of the time. */
const AT_ONCE = 8;

/** Flashes a board that runs the old version from slot b, with a fault, and power-cycles it; then flashes it again. */
async function interrupted(faults: BoardFaults) {
  const board = createScriptedBoard({ files: { 'light.id': 'me', ...inSlotB('1.0.0') }, faults });
  const port = await board.listen();
  const { code } = await flashed(port, '2.0.0');
  const after = board.powerCycle().filter((line) => !/^Uncaught SyntaxError: Got/.test(line));
  const again = await flashed(port, '2.0.0');
  await board.close();
  return { code, after, again: again.code, mended: present(board) };
}

test('never leaves half a program, nor an older one, at whichever write to the flash the power goes', async () => {
  const outcomes = new Set<string>();
  for (let first = 1, isOver = false; !isOver; first += AT_ONCE) {
    const writes = Array.from({ length: AT_ONCE }, (_, at) => first + at);
    const batch = await Promise.all(writes.map((write) => interrupted({ powerCutAtWrite: write })));
    for (const [at, { after, again, mended }] of batch.entries()) {
      const whole = [updatableRun('1.0.0'), updatableRun('2.0.0'), []].map((one) => one.join());
      assert.ok(whole.includes(after.join()), `power cut at write ${writes[at]}: ${after.join()}`);
      assert.equal(again, EXIT.ok, `power cut at write ${writes[at]}`);
      assert.deepEqual(mended, updatableRun('2.0.0'));
      outcomes.add(after.join());
    }
    isOver = batch.some(({ code }) => code === EXIT.ok);
  }
  assert.equal(outcomes.size, 3, 'the old one, none, and the new one');
});
