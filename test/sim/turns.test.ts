import assert from 'node:assert/strict';
import { setImmediate as nextRound } from 'node:timers/promises';
import { test } from 'node:test';
import { createBoardClock } from '../../sim/board/boardClock.ts';
import { holdSteadyClock, steadyMs } from '../../sim/time/steadyClock.ts';
import { askForTurn, cancelTurn } from '../../sim/time/turns.ts';

/** Keeps the whole thread busy, in wall milliseconds. */
function overload(ms: number): void {
  const untilMs = performance.now() + ms;
  while (performance.now() < untilMs);
}

test('a round runs a few turns only, and every turn comes', async () => {
  const ran: number[] = [];
  for (let turn = 0; turn < 10; turn += 1) askForTurn(() => ran.push(turn));
  await nextRound();
  assert.ok(ran.length < 10, `${ran.length} in the first round`);
  for (let round = 0; round < 5; round += 1) await nextRound();
  assert.deepEqual(ran, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test('asking twice is asking once, and a request can be withdrawn', async () => {
  let count = 0;
  const turn = (): void => void (count += 1);
  askForTurn(turn);
  askForTurn(turn);
  const unwanted = (): void => assert.fail();
  askForTurn(unwanted);
  cancelTurn(unwanted);
  for (let round = 0; round < 3; round += 1) await nextRound();
  assert.equal(count, 1);
});

test('a turn that asks for another gets it in the next round', async () => {
  let count = 0;
  const turn = (): void => {
    count += 1;
    if (count < 3) askForTurn(turn);
  };
  askForTurn(turn);
  await nextRound();
  assert.equal(count, 1);
  for (let round = 0; round < 4; round += 1) await nextRound();
  assert.equal(count, 3);
});

test('board time nearly stands still while the thread is overloaded, but never quite', () => {
  const release = holdSteadyClock();
  const startMs = steadyMs();
  overload(200);
  const passedMs = steadyMs() - startMs;
  release();
  assert.ok(passedMs > 15 && passedMs < 60, `${passedMs} ms of 200`);
});

test('a program that waits in a loop sees its time pass', () => {
  const clock = createBoardClock({ speed: 20 });
  const startMs = clock.nowMs();
  while (clock.nowMs() < startMs + 2000);
  clock.stop();
  assert.ok(clock.nowMs() >= startMs + 2000);
});

test('a block makes the time of the firmware jump, and the world catch up', async () => {
  const clock = createBoardClock({ speed: 100 });
  clock.block(2000);
  assert.ok(clock.nowMs() >= 2000 && clock.worldMs() < 1000);
  const rang = new Promise<number>((resolve) => (clock.onTurn = () => resolve(clock.worldMs())));
  clock.wake();
  assert.ok((await rang) >= 2000, 'no turn before the block is over');
  clock.stop();
});

test('a stopped clock gives no turn any more', async () => {
  const clock = createBoardClock({ speed: 100 });
  clock.onTurn = () => assert.fail();
  clock.wake();
  clock.wakeAt(clock.nowMs() + 1);
  clock.stop();
  clock.wake();
  await new Promise((resolve) => setTimeout(resolve, 20));
});
