// A chip whose clock is set, forwards or backwards: no wait gets longer, and the uptime stays right.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { NO_FAULTS } from '../../sim/network/fate.ts';
import { checkProperty } from './property.ts';
import { checkQuiet, createVirtualWorld, untilQuiet } from './world.ts';

/** Info messages are this far apart. */
const INFO_MS = 300_000;

/** The uptime may be counted in steps. */
const SLACK_S = 60;

/** SNTP sets a chip's clock from 1970 to today; a person may set it to anything, also while a connect blocks. */
const clockSets = fc.array(
  fc.record({ toS: fc.oneof(fc.constant(1.8e9), fc.nat({ max: 2 ** 31 })), isWhileConnecting: fc.boolean() }),
  { minLength: 1, maxLength: 4 },
);

type Sets = { sets: { toS: number; isWhileConnecting: boolean }[]; seed: number };

/** Checks the uptime in the info message against the true one. */
function checkUptime(uptimeS: number, onS: number): void {
  const isRight = uptimeS < onS + SLACK_S && uptimeS > onS - INFO_MS / 1000 - SLACK_S;
  assert.ok(isRight, `uptime ${uptimeS} s after ${onS} s`);
}

/** Sets the clock several times, each time with an outage. */
async function setClocks({ sets, seed }: Sets) {
  let whileConnecting: string[] = [];
  const world = createVirtualWorld({ seed, identifiers: 'rising', window: 20 }, () => {
    for (const line of whileConnecting.splice(0)) world.board.type(line);
  });
  try {
    const first = await untilQuiet(world);
    for (const { toS, isWhileConnecting } of sets) {
      world.network.plan([{ ...NO_FAULTS, lifeMs: 1 }, 'unanswered', 'refused']);
      if (isWhileConnecting) whileConnecting = [`setTime(${toS})`];
      else world.board.type(`setTime(${toS})`);
      checkQuiet(world, await untilQuiet(world), first);
      await world.pass(INFO_MS);
      const { uptimeS } = JSON.parse(world.broker.retained.get('light/bedroom/info')!) as { uptimeS: number };
      checkUptime(uptimeS, world.board.nowMs() / 1000);
    }
  } finally {
    await world.dispose();
  }
  return { times: sets.length };
}

const cases = fc.record({ sets: clockSets, seed: fc.nat() });

test('a clock that is set makes no wait longer and no uptime wrong', (t) =>
  checkProperty(t, cases, setClocks, { numRuns: 25, text: JSON.stringify }));
