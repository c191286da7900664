import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NO_FAULTS } from '../../sim/network/fate.ts';
import { always } from './property.ts';
import { check, createVirtualWorld, quiet } from './world.ts';

/** An info message is sent every five minutes. */
const INFO_MS = 300_000;

/** An uptime may be counted in steps. */
const SLACK_S = 60;

/** The clock is set: SNTP takes a chip from 1970 to today, and somebody may take it anywhere, also while a connect blocks. */
const jumps = fc.array(
  fc.record({ toS: fc.oneof(fc.constant(1.8e9), fc.nat({ max: 2 ** 31 })), isWhileConnecting: fc.boolean() }),
  { minLength: 1, maxLength: 4 },
);

type Sets = { sets: { toS: number; isWhileConnecting: boolean }[]; seed: number };

/** Sets the clock, each time with an outage; `checkUptime` looks at the uptime that the light tells, and how long it has been on. */
async function live({ sets, seed }: Sets, checkUptime: (uptimeS: number, onS: number) => void) {
  let whileConnecting: string[] = [];
  const world = createVirtualWorld({ seed, identifiers: 'rising', window: 20 }, () => {
    for (const line of whileConnecting.splice(0)) world.board.type(line);
  });
  try {
    const first = await quiet(world);
    for (const { toS, isWhileConnecting } of sets) {
      world.network.plan([{ ...NO_FAULTS, lifeMs: 1 }, 'unanswered', 'refused']);
      if (isWhileConnecting) whileConnecting = [`setTime(${toS})`];
      else world.board.type(`setTime(${toS})`);
      check(world, await quiet(world), first);
      await world.pass(INFO_MS);
      const { uptimeS } = JSON.parse(world.broker.retained.get('light/bedroom/info')!) as { uptimeS: number };
      checkUptime(uptimeS, world.board.nowMs() / 1000);
    }
  } finally {
    await world.dispose();
  }
  return { times: sets.length };
}

const cases = fc.record({ sets: jumps, seed: fc.nat() });
const options = { numRuns: 25, text: JSON.stringify };

test('a clock that is set makes no wait longer', (t) => always(t, cases, (one) => live(one, () => {}), options));

test('a clock that is set makes no uptime wrong', (t) => {
  function checkUptime(uptimeS: number, onS: number): void {
    const isRight = uptimeS < onS + SLACK_S && uptimeS > onS - INFO_MS / 1000 - SLACK_S;
    assert.ok(isRight, `uptime ${uptimeS} s after ${onS} s`);
  }
  return always(t, cases, (one) => live(one, checkUptime), options);
});
