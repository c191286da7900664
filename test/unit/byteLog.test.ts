import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStorage } from '../../sim/board/storage.ts';
import { appendBytes, createByteLog } from '../../src/byteLog.ts';
import { createWrite } from '../../src/store.ts';

/** Appends single bytes; the head is their count. */
function append(storage = createStorage(), count = 1) {
  const write = createWrite(storage, () => {});
  const log = createByteLog(storage, 'light.log');
  for (let at = 0; at < count; at += 1) appendBytes(storage, write, log, 'b', String(at));
  return createByteLog(storage, 'light.log');
}

test('is empty at first', () => {
  assert.deepEqual(createByteLog(createStorage(), 'light.log'), { file: 'light.log0', end: 0, head: '', bytes: '' });
});

test('a byte costs a byte: its file is made once in some 500', () => {
  const storage = createStorage();
  append(storage, 510);
  assert.equal(storage.consumedBytes(), 544);
  assert.equal(createByteLog(storage, 'light.log').bytes.length, 510);
});

test('goes on in the other file when one is full, with the head that it is given', () => {
  const storage = createStorage();
  const { head, bytes } = append(storage, 600);
  assert.equal(head, '510');
  assert.equal(bytes.length, 90);
  assert.deepEqual(storage.list(), ['light.log0']);
});

test('takes a file that is torn or of another size for none', () => {
  for (const content of ['1|b', '\xff'.repeat(512), 'x'.repeat(512), `|${'\xff'.repeat(511)}`])
    assert.equal(createByteLog(createStorage({ files: { 'light.log0': content } }), 'light.log').end, 0);
});

test('of two whole files the one with more room is the newer', () => {
  const file = (text: string): string => text.padEnd(512, '\xff');
  const files = { 'light.log0': file('1|bbb'), 'light.log1': file('4|c') };
  assert.equal(createByteLog(createStorage({ files }), 'light.log').head, '4');
});
