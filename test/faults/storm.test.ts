// Brokers that end every session early: no storm of attempts, no new identifier, no writes to the flash.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createVirtualBoard } from '../../sim/board/board.ts';
import { createModelBroker } from '../../sim/broker/model.ts';
import { createNetwork, NO_FAULTS, type Fate } from '../../sim/network/fate.ts';
import type { ConnectFailure } from '../../sim/network/tcp.ts';
import { createVirtualTime } from '../../sim/time/virtualTime.ts';
import { checkProperty } from './property.ts';
import { FIRMWARE } from '../support/firmware.ts';
import { SETTINGS } from './world.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

/** Rounds through the list of brokers; in the first minute the back-off is short, and random. */
const MOST_ROUNDS_A_MINUTE = 15;
const MOST_ROUNDS_AN_HOUR = 240;

/** The identifier, the count of boots, and what else is written once. */
const MOST_WRITES = 5;

/** Ways to end each session before its first PINGREQ. */
const ROGUES: Record<string, Fate | ConnectFailure> = {
  'refuses TCP': 'refused',
  'does not answer': 'unanswered',
  'closes at once': { ...NO_FAULTS, up: 0, lifeMs: 1 },
  'resets at once': { ...NO_FAULTS, up: 0, lifeMs: 1, ending: 'rst' },
  'says nothing': { ...NO_FAULTS, up: 0, lifeMs: HOUR_MS, ending: 'silence' },
  'closes after CONNACK': { ...NO_FAULTS, down: 4, lifeMs: HOUR_MS },
  'closes after SUBACK': { ...NO_FAULTS, lifeMs: 40 },
  'resets after SUBACK': { ...NO_FAULTS, lifeMs: 40, ending: 'rst' },
  'closes after 10 s': { ...NO_FAULTS, lifeMs: 10_000 },
  'is lost after 10 s': { ...NO_FAULTS, lifeMs: 10_000, ending: 'silence' },
};

/** Runs a light for an hour with these brokers; gives the times of all attempts, the identifiers used, and the writes to the flash. */
function liveWith(rogues: string[], seed: number) {
  const time = createVirtualTime();
  const brokers = rogues.map(() => createModelBroker({ time, identifiers: 'rising', window: 20 }));
  const networks = brokers.map(({ accept }, at) => createNetwork(time, accept, ROGUES[rogues[at]!]));
  const board = createVirtualBoard({
    ...{ firmware: FIRMWARE, time, serial: 'c0ffee00-0001', ip: '192.168.1.20', hardwareSeed: seed },
    config: { ...SETTINGS, broker: rogues.map((_, at) => `10.0.0.1:${1000 + at}`) },
    connectTcp: (_, port) => networks[port - 1000]!.connectTcp(),
  });
  const countAttempts = (): number => networks.reduce((sum, network) => sum + network.attempts.length, 0);
  board.powerOn();
  for (let ms = 0; ms < HOUR_MS && countAttempts() < MOST_ROUNDS_AN_HOUR * rogues.length; ms += MINUTE_MS)
    time.advance(MINUTE_MS);
  board.dispose();
  return {
    attempts: networks.flatMap(({ attempts }) => attempts.map(({ atMs }) => atMs)).sort((a, b) => a - b),
    identifiers: new Set(brokers.flatMap((broker) => broker.clients())).size,
    writes: board.storage.writes.length,
    violations: brokers.flatMap(({ violations }) => violations),
  };
}

const lists = fc.record({
  rogues: fc.array(fc.constantFrom(...Object.keys(ROGUES)), { minLength: 1, maxLength: 3 }),
  seed: fc.nat(),
});

function check({ rogues, seed }: { rogues: string[]; seed: number }): Record<string, number> {
  const { attempts, identifiers, writes, violations } = liveWith(rogues, seed);
  const most = MOST_ROUNDS_A_MINUTE * rogues.length;
  const storm = attempts.find((atMs, at) => attempts[at + most]! - atMs < MINUTE_MS);
  assert.equal(
    storm,
    undefined,
    `more than ${most} attempts in a minute from ${storm} ms on, ${attempts.length} in all`,
  );
  assert.ok(attempts.length < MOST_ROUNDS_AN_HOUR * rogues.length, `${attempts.length} attempts in an hour`);
  assert.ok(attempts.length > 30, `${attempts.length} attempts in an hour`);
  assert.ok(identifiers <= 2, `${identifiers} client identifiers: more than one renewal a day`);
  assert.ok(writes <= MOST_WRITES, `${writes} writes`);
  assert.deepEqual(violations, []);
  return { hours: 1, attempts: attempts.length };
}

test('brokers that end every session early get neither a storm, nor a new identifier, nor writes to the flash', (t) =>
  checkProperty(t, lists, async (one) => check(one), { numRuns: 60, text: JSON.stringify }));
