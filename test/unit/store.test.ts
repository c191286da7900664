import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStorage } from '../../sim/board/storage.ts';
import { createWrite } from '../../src/store.ts';

function bench(storage = createStorage()) {
  const log: string[] = [];
  return { storage, log, write: createWrite(storage, (line) => log.push(line)) };
}

test('writes a file, and the same content again for nothing, on a full flash too', () => {
  const { storage, write, log } = bench();
  assert.equal(write('a', 'text', 0, 4), true);
  storage.fill(100);
  assert.equal(write('a', 'text', 0, 4), true);
  assert.equal(storage.writes.length, 1);
  assert.deepEqual(log, []);
});

test('never compacts, keeps the old file, and says once that the flash is full', () => {
  for (const leaveBytes of [0, 100, 1000]) {
    const { storage, write, log } = bench();
    write('a', 'old', 0, 3);
    storage.fill(leaveBytes);
    for (let time = 0; time < 5; time += 1) assert.equal(write('a', `new${time}`, 0, 4), false);
    assert.equal(storage.read('a'), 'old');
    assert.equal(storage.compactions(), 0);
    assert.equal(log.length, 1);
    assert.match(log[0]!, /^flash full/);
  }
});

test('writes into a file that is there, on a full flash too', () => {
  const { storage, write } = bench();
  write('a', 'x', 0, 8);
  storage.fill(10);
  assert.equal(write('a', 'y', 1, 0), true);
  assert.equal(storage.read('a'), 'xy\xff\xff\xff\xff\xff\xff');
});

test('tells of a write that fails, and goes on', () => {
  const { write, log } = bench();
  assert.equal(write('a', 'y', 1, 0), false);
  assert.equal(log.length, 1);
  assert.match(log[0]!, /^flash: a not written: /);
});
