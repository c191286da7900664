// What an owner of many lights counts on when nodes of the cluster die: the tool's acts and verdicts on a model cluster and virtual time.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ACTS } from '../../tools/fleet/arguments.ts';
import { FIRMWARE } from '../support/firmware.ts';
import { checkProperty } from '../faults/property.ts';
import { playFleet, type Play } from './modelFleet.ts';

/** Plays, and gives what did not hold. */
async function broken(play: Play): Promise<string[]> {
  const { verdicts, violations } = await playFleet(play);
  return [...verdicts.filter(({ holds }) => !holds).map(({ act, text }) => `${act}: ${text}`), ...violations];
}

const common = {
  seed: fc.integer({ min: 1, max: 1_000_000 }),
  nodes: fc.integer({ min: 6, max: 30 }),
  brokers: fc.integer({ min: 2, max: 4 }),
  downS: fc.integer({ min: 1, max: 90 }),
  darkS: fc.integer({ min: 5, max: 120 }),
  wakingS: fc.integer({ min: 0, max: 30 }),
  waking: fc.constantFrom('silent' as const, 'unavailable' as const),
  acts: fc.shuffledSubarray([...ACTS], { minLength: 1, maxLength: 2 }),
};

/** Hosts that are switched off hold each light for 18 s: in the first rounds only the spread keeps the lights apart. */
const plays: fc.Arbitrary<Play> = fc.oneof(
  fc.record({ ...common, dead: fc.constant('refused' as const), spreadS: fc.constantFrom(1, 5, 20, 60) }),
  fc.record({ ...common, dead: fc.constant('unanswered' as const), spreadS: fc.constantFrom(20, 60) }),
);

describe('a fleet on a cluster', () => {
  test('comes back in time and without a lump, and obeys, whatever dies', (t) =>
    checkProperty(
      t,
      plays,
      async (play) => {
        assert.deepEqual(await broken(play), []);
        return { plays: 1, lights: play.nodes };
      },
      { numRuns: 25, isShrunk: false, text: JSON.stringify },
    ));

  const KILL: Play = { nodes: 200, brokers: 3, acts: ['kill'], spreadS: 60, seed: 7 };

  test('spreads the lights of a dead node over the time that the owner has set, and over the other nodes', async (t) => {
    const { verdicts, figures, violations } = await playFleet(KILL);
    assert.deepEqual([verdicts.filter(({ holds }) => !holds), violations], [[], []]);
    const [kill] = figures;
    t.diagnostic(verdicts.map(({ text }) => text).join('\n'));
    assert.ok(kill!.largestLump <= 5, `${kill!.largestLump} in a second, of ${kill!.largestLoss}`);
    assert.ok(Math.min(...kill!.lightsAt) > 0);
    const [, second, third] = kill!.lightsAt;
    assert.ok(Math.abs(second! - third!) < 25, `${second} and ${third}`);
  });

  test('would come as one lump without a spread', async () => {
    const { figures } = await playFleet({ ...KILL, spreadS: 1 });
    assert.ok(figures[0]!.largestLump > 50, `${figures[0]!.largestLump} in a second`);
  });

  test('comes back within 90 s of its only broker, with the spread as it is', async () => {
    const { figures } = await playFleet({ ...KILL, brokers: 1, acts: ['dark'], darkS: 5, spreadS: 1 });
    assert.ok(figures[0]!.backS[100]! < 90, `${figures[0]!.backS[100]} s`);
  });

  test('is judged: a generator without a seed makes a lump', async () => {
    const firmware = `E.srand = function () {};\n${FIRMWARE}`;
    const faults = await broken({ ...KILL, nodes: 60, spreadS: 30, firmware });
    assert.match(faults.join('\n'), /kill: at most \d+ connects in a second/);
  });
});
