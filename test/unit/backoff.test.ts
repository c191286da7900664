import assert from 'node:assert/strict';
import { test } from 'node:test';
import { backoffMs } from '../../src/backoff.ts';

test('doubles the window from one second to one minute and stays there', () => {
  const windows = [1, 2, 4, 8, 16, 32, 60, 60, 60];
  assert.deepEqual(
    windows.map((_, failures) => backoffMs(failures, 1, 1000) / 1000),
    windows,
  );
});

test('never overflows, however long the broker is away', () => {
  for (const failures of [24, 31, 32, 33, 64, 1e6, 2 ** 31])
    for (const spreadS of [1, 7, 60]) assert.equal(backoffMs(failures, 1, spreadS * 1000), 60_000);
});

test('waits a random part of the window, down to nothing', () => {
  assert.equal(backoffMs(3, 0, 1000), 0);
  assert.equal(backoffMs(3, 0.25, 1000), 2000);
  assert.equal(backoffMs(9, 0.5, 1000), 30_000);
});

test('begins with the window that a fleet needs, and never goes below it', () => {
  const windows = (spreadS: number): number[] =>
    [0, 1, 2, 9].map((failures) => backoffMs(failures, 1, spreadS * 1000) / 1000);
  assert.deepEqual(windows(20), [20, 40, 60, 60]);
  assert.deepEqual(windows(60), [60, 60, 60, 60]);
  assert.deepEqual(windows(3600), [3600, 3600, 3600, 3600]);
});
