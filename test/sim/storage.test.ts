import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStorage, PowerCut } from '../../sim/board/storage.ts';

test('shortens names to 28 characters, so that two long names can be one file', () => {
  const storage = createStorage();
  storage.write('1234567890123456789012345678X', 'one');
  assert.equal(storage.read('1234567890123456789012345678Y'), 'one');
  assert.deepEqual(storage.list(), ['1234567890123456789012345678']);
});

test('counts no write when the data is the same', () => {
  const storage = createStorage({ files: { a: 'hello' } });
  storage.write('a', 'hello');
  storage.write('a', 'other');
  assert.deepEqual(storage.writes, [{ name: 'a', data: 'other' }]);
});

test('refuses empty data and undefined', () => {
  const storage = createStorage();
  assert.throws(() => storage.write('a', ''), /Can't create zero length file/);
  assert.throws(() => storage.write('a', undefined), /Can't get pointer/);
});

test('writes an object as JSON, a number and an array as bytes', () => {
  const storage = createStorage();
  storage.write('o', { a: 1 });
  storage.write('n', 5);
  storage.write('b', [65, 66]);
  assert.deepEqual(
    ['o', 'n', 'b'].map((name) => storage.read(name)),
    ['{"a":1}', '\x05', 'AB'],
  );
});

test('gives undefined for a missing file', () => {
  const storage = createStorage();
  assert.equal(storage.read('none'), undefined);
  assert.equal(storage.readJSON('none'), undefined);
});

test('throws for broken JSON unless asked not to', () => {
  const storage = createStorage({ files: { a: 'hello' } });
  assert.throws(() => storage.readJSON('a'), SyntaxError);
  assert.equal(storage.readJSON('a', true), undefined);
});

test('reads JSON whose keys have no quotes', () => {
  const storage = createStorage({ files: { a: '{key:[1,"two"],"not-bare":null}' } });
  assert.deepEqual(storage.readJSON('a'), { key: [1, 'two'], 'not-bare': null });
});

test('counts a rewritten file twice until the flash is compacted, which a full one does by itself', () => {
  const storage = createStorage({ sizeBytes: 200 });
  storage.write('a', 'x'.repeat(40));
  assert.equal(storage.getFree(), 128);
  storage.write('a', 'y'.repeat(40));
  assert.equal(storage.getFree(), 56);
  storage.write('b', 'z'.repeat(60));
  assert.equal(storage.getFree(), 200 - 72 - 92);
});

test('refuses what does not fit, and the old file is gone by then', () => {
  const storage = createStorage({ sizeBytes: 100, files: { a: 'old' } });
  assert.throws(() => storage.write('a', 'x'.repeat(100)), /Unable to find or create file/);
  assert.equal(storage.read('a'), undefined);
  assert.equal(storage.compactions(), 0, 'it counts before it compacts');
});

test('fills a file in parts, with 0xFF where nothing was written', () => {
  const storage = createStorage();
  storage.write('a', 'AB', 0, 6);
  storage.write('a', 'CD', 3);
  assert.equal(storage.read('a'), 'AB\xffCD\xff');
  assert.throws(() => storage.write('a', 'ZZ', 5), /Too much data/);
});

test('a power cut in the middle of a write leaves the old file, nothing, or a torn one', () => {
  const leftBy = (leaves: 'old' | 'nothing' | 'truncated') => {
    const storage = createStorage({ files: { a: 'old' } });
    let cuts = 0;
    storage.onPowerCut(() => (cuts += 1));
    storage.cutPowerDuring('a', leaves);
    assert.throws(() => storage.write('a', 'news'), PowerCut);
    assert.equal(cuts, 1);
    assert.equal(storage.write('b', 'later'), true, 'only one write is cut');
    return storage.read('a');
  };
  assert.equal(leftBy('old'), 'old');
  assert.equal(leftBy('nothing'), undefined);
  assert.equal(leftBy('truncated'), 'ne\xff\xff');
});

test('counts free only what lies behind the last file', () => {
  const storage = createStorage({ sizeBytes: 1000 });
  storage.write('a', 'x'.repeat(5));
  storage.write('b', 'y');
  storage.write('a', 'z');
  storage.erase('b');
  assert.deepEqual(storage.getStats(), {
    ...{ totalBytes: 1000, freeBytes: 1000 - 40 - 36 - 36 },
    ...{ fileBytes: 36, fileCount: 1, trashBytes: 76, trashCount: 2 },
  });
  assert.equal(storage.getFree(), storage.getStats().freeBytes);
  assert.deepEqual([storage.compactions(), storage.consumedBytes()], [0, 112]);
});

test('puts an overwritten file behind all others', () => {
  const storage = createStorage({ files: { a: 'one', b: 'two' } });
  storage.write('a', 'three');
  assert.deepEqual(storage.list(), ['b', 'a']);
  assert.deepEqual(storage.list(/^b/), ['b']);
});

test('writes a byte in place once, at any offset, without using up flash', () => {
  const storage = createStorage();
  storage.write('log', '\xff'.repeat(8), 0, 8);
  const free = storage.getFree();
  for (const [at, byte] of [...'HELLO'].entries()) storage.write('log', byte, at, 8);
  assert.equal(storage.read('log'), 'HELLO\xff\xff\xff');
  assert.equal(storage.getFree(), free);
});

test('refuses any change of a byte in place, even to what it is already', () => {
  const storage = createStorage({ files: { a: 'hello' } });
  for (const byte of ['a', '\xff', '\0', 'e'])
    assert.throws(() => storage.write('a', byte, 1), /File already written with different data/);
  assert.throws(() => storage.write('none', 'x', 1), /Unable to find or create file/);
  assert.equal(storage.read('a'), 'hello');
});

test('replaces the whole file at offset 0 without a size', () => {
  const storage = createStorage({ files: { a: 'hello' } });
  storage.write('a', 'J', 0);
  assert.equal(storage.read('a'), 'J');
});

test('a power cut leaves a single byte in place written or not', () => {
  const leftBy = (leaves: 'old' | 'nothing' | 'truncated') => {
    const storage = createStorage({ files: { log: 'A\xff\xff' } });
    storage.cutPowerAt(2, leaves);
    storage.write('log', 'B', 1);
    assert.throws(() => storage.write('log', 'C', 2), PowerCut);
    return storage.read('log');
  };
  assert.deepEqual([leftBy('old'), leftBy('nothing'), leftBy('truncated')], ['AB\xff', 'AB\xff', 'ABC']);
});

test('a power cut during a compaction loses every file', () => {
  const storage = createStorage({ files: { keep: 'me' } });
  storage.fill(40);
  storage.cutPowerAt(1, 'nothing');
  assert.throws(() => storage.write('new', 'x'.repeat(100)), PowerCut);
  assert.deepEqual(storage.list(), []);
  assert.match(storage.boot() ?? '', /^Storage is corrupt/);
  assert.equal(storage.boot(), undefined);
  assert.equal(storage.getFree(), 896 * 1024);
});

test('is filled with a file, which no compaction frees', () => {
  const storage = createStorage();
  storage.fill(100, 'file');
  assert.equal(storage.getFree(), 100);
  assert.throws(() => storage.write('a', 'x'.repeat(100)), /Unable to find or create file/);
});

test('moves a program that lies behind trash, and not one before it', () => {
  const garbled = (trashFirst: boolean) => {
    const storage = createStorage();
    if (trashFirst) storage.fill(5000);
    storage.install('.bootcde', 'print(1)');
    if (!trashFirst) storage.fill(5000);
    storage.run('print(1)');
    storage.compact();
    return storage.isGarbled();
  };
  assert.deepEqual([garbled(true), garbled(false)], [true, false]);
});

test('breaks a program whose own file was replaced, but only once that is compacted away', () => {
  const storage = createStorage({ files: { '.bootcde': 'print(1)' } });
  storage.run('print(1)');
  storage.write('.bootcde', 'print(2)');
  assert.equal(storage.isGarbled(), false);
  storage.compact();
  assert.equal(storage.isGarbled(), true);
});
