// The broker or the network goes away during an update, at any step.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { NO_FAULTS } from '../../sim/network/fate.ts';
import { checkProperty } from '../faults/property.ts';
import { atHome, checkSound, checkUnmoved, imageOf, MINUTE_MS, type Home } from './home.ts';

const A = '1.0.0-A';
const B = '2.0.0-B';

const isKept = (home: Home): boolean => home.version() === B && home.info()['update'] === 'kept';

/** Chunks that are in the slot. */
const fetched = ({ board }: Home): number =>
  Math.floor((board.storage.read('light.b') ?? '').replace(/\xff+$/, '').length / 768);

const CHUNKS = Math.ceil(imageOf(B).length / 768);

for (const ending of ['fin', 'rst', 'silence'] as const)
  test(`a broker that is gone after any chunk, ${ending}, costs no chunk twice`, () => {
    for (let chunk = 0; chunk < CHUNKS; chunk += 3)
      atHome({}, (home) => {
        home.offer(B);
        while (fetched(home) < chunk) home.time.advance(1);
        home.network.plan([{ ...NO_FAULTS, up: 0, down: 0, lifeMs: 1, ending }, 'refused', 'refused']);
        home.until(() => isKept(home), 'B', 6 * MINUTE_MS);
        checkUnmoved(home);
        checkSound(home, [B]);
      });
  });

test('a broker that is gone during the trial may come back: the trial is kept when it has', () => {
  for (const awayS of [20, 100, 200, 400])
    atHome({}, (home) => {
      home.offer(B);
      home.until(() => home.version() === B, 'the trial');
      home.board.hosts.set('10.0.0.1', 'refused');
      home.network.plan([{ ...NO_FAULTS, lifeMs: 1, ending: 'rst' }]);
      home.time.advance(awayS * 1_000);
      home.board.hosts.delete('10.0.0.1');
      home.until(() => isKept(home), 'B', 4 * MINUTE_MS);
      checkUnmoved(home);
    });
});

test('a broker that stays away for the whole trial takes the update with it, and nothing else', () =>
  atHome({}, (home) => {
    home.offer(B);
    home.until(() => home.version() === B, 'the trial');
    home.board.hosts.set('10.0.0.1', 'refused');
    home.network.plan([{ ...NO_FAULTS, lifeMs: 1, ending: 'rst' }]);
    home.until(() => home.log() === 'Ab1-', 'rolled back');
    home.board.hosts.delete('10.0.0.1');
    home.until(() => home.info()['update'] === 'rolled back', 'A', 2 * MINUTE_MS);
    checkUnmoved(home);
    checkSound(home, [A]);
  }));

test('an access point that is gone for a while, at any time, costs no board', () => {
  for (const second of [0, 1, 2, 4, 8, 30, 60, 118, 125])
    atHome({}, (home) => {
      home.offer(B);
      home.time.advance(second * 1_000 + 300);
      home.board.accessPoint.off('dead');
      home.time.advance(40_000);
      home.board.accessPoint.on();
      home.until(() => isKept(home), 'B', 12 * MINUTE_MS);
      checkUnmoved(home);
      checkSound(home, [B]);
    });
});

test('whatever the network does, the update is kept or rolled back, and the light obeys', (t) =>
  checkProperty(
    t,
    fc.array(
      fc.record({
        ...{ up: fc.nat({ max: 3_000 }), down: fc.nat({ max: 20_000 }), lifeMs: fc.integer({ min: 1, max: 60_000 }) },
        ...{ ending: fc.constantFrom('fin', 'rst', 'silence'), split: fc.constantFrom(Infinity, 1, 7) },
      }),
      { minLength: 1, maxLength: 12 },
    ),
    async (fates) => {
      atHome({}, (home) => {
        home.network.plan(fates);
        home.offer(B);
        home.until(() => home.network.isDone(), 'the last fault', 60 * MINUTE_MS);
        home.time.advance(15 * MINUTE_MS);
        checkUnmoved(home);
        checkSound(home, [A, B]);
        assert.ok(isKept(home) || home.log().endsWith('-'), home.tail());
      });
      return { faults: fates.length };
    },
    { numRuns: 25 },
  ));
