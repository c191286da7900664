// Chip variables and timers after many faults: no growth.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Rig } from './rigs.ts';
import { dim, IDLE_TIMERS, onEachBench } from './scenario.ts';

/** Enough to fill every memory of the session. */
const COMMANDS = 40;

/** Loses the session in three ways, then sends commands. */
async function round({ device, proxy, send, line, until, wire }: Rig): Promise<void> {
  for (const lose of [() => proxy.kill(), () => proxy.inject('\xf0\x00'), () => proxy.faults.drop()]) {
    const calm = device.console.length;
    lose();
    const down = await line(/^mqtt down/, calm);
    proxy.faults.heal();
    await line(/^mqtt connected/, down);
  }
  for (let at = 0; at < COMMANDS; at += 1) await send(dim(60 + at));
  await send('off');
  await until(() => device.levels().at(-1) === 0, 'a lamp that is off');
  // with a PINGRESP to a later PINGREQ the session forgets these commands, whose identifiers grow longer from round to round
  const pings = (): number => wire.sent().filter(({ cmd }) => cmd === 'pingreq').length;
  const before = pings();
  await until(() => pings() >= before + 2, 'a PINGREQ after the answer to the last one');
}

/** Compares the first rounds with the last ones. */
const ROUNDS = 2;

onEachBench('growth', (bench) => {
  test('chip variables do not grow with faults and commands, and timers stay two', async (t) => {
    const rig = await bench.open(t);
    const variables: number[] = [];
    for (let times = 0; times < 2 * ROUNDS; times += 1) {
      await round(rig);
      const vitals = await rig.device.vitals();
      assert.equal(vitals.timers, IDLE_TIMERS);
      variables.push(vitals.variables);
    }
    const before = Math.max(...variables.slice(0, ROUNDS));
    const after = Math.min(...variables.slice(ROUNDS));
    assert.ok(after <= before, `variables after each round: ${variables.join(', ')}`);
    t.diagnostic(`variables after each round: ${variables.join(', ')}`);
  });
});
