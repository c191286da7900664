import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createWords } from '../../sim/board/random.ts';
import { backoffMs } from '../../src/backoff.ts';

test('doubles the window from one second to one minute and stays there', () => {
  const windows = [1, 2, 4, 8, 16, 32, 60, 60, 60];
  assert.deepEqual(
    windows.map((_, failures) => backoffMs(failures, 1, 1) / 1000),
    windows,
  );
});

test('never overflows, however long the broker is away', () => {
  for (const failures of [24, 31, 32, 33, 64, 1e6, 2 ** 31])
    for (const spreadS of [1, 7, 60]) assert.equal(backoffMs(failures, 1, spreadS), 60_000);
});

test('waits a random part of the window, down to nothing', () => {
  assert.equal(backoffMs(3, 0, 1), 0);
  assert.equal(backoffMs(3, 0.25, 1), 2000);
});

test('waits at least half of the longest window, except for the first', () => {
  assert.equal(backoffMs(9, 0, 1), 30_000);
  assert.equal(backoffMs(9, 0.5, 1), 45_000);
  assert.equal(backoffMs(1, 0, 60), 30_000);
  assert.equal(backoffMs(0, 0, 60), 0);
});

test('begins with the window that a fleet needs, and never goes below it', () => {
  const windows = (spreadS: number): number[] => [0, 1, 2, 9].map((failures) => backoffMs(failures, 1, spreadS) / 1000);
  assert.deepEqual(windows(20), [20, 40, 60, 60]);
  assert.deepEqual(windows(60), [60, 60, 60, 60]);
  assert.deepEqual(windows(3600), [3600, 3600, 3600, 3600]);
});

/** The fullest second when the lights of a cluster that was dark for so long come back, as a multiple of the mean over a minute. */
function fullestSecond(darkS: number): number {
  const lights = 20_000;
  const word = createWords(darkS);
  const seconds: number[] = Array.from({ length: 61 }, () => 0);
  for (let light = 0; light < lights; light += 1) {
    let atS = 0;
    for (let failures = 0; atS < darkS || failures === 0; failures += 1)
      atS += backoffMs(failures, word() / 2 ** 32, 60) / 1000;
    seconds[Math.floor(Math.max(0, atS - darkS))]! += 1;
  }
  return Math.max(...seconds) / (lights / 60);
}

test('brings a fleet back with about twice the mean in the fullest second, however long its cluster was dark', () => {
  for (const darkS of [1, 15, 30, 45, 55, 59, 60, 75, 90, 200]) {
    const times = fullestSecond(darkS);
    assert.ok(times < 2.25, `${times.toFixed(2)} times the mean after ${darkS} s`);
  }
});
