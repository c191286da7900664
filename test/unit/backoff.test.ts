import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from '../../src/backoff.ts';

test('doubles the window from one second to one minute and stays there', () => {
  const windows = [1, 2, 4, 8, 16, 32, 60, 60, 60];
  assert.deepEqual(
    windows.map((_, failures) => backoffMs(failures, 1) / 1000),
    windows,
  );
});

test('never overflows, however long the broker is away', () => {
  for (const failures of [24, 31, 32, 33, 64, 1e6, 2 ** 31]) assert.equal(backoffMs(failures, 1), 60_000);
});

test('waits a random part of the window, down to nothing', () => {
  assert.equal(backoffMs(3, 0), 0);
  assert.equal(backoffMs(3, 0.25), 2000);
  assert.equal(backoffMs(9, 0.5), 30_000);
});
