// `npm run test:long`: three hundred boards are updated at once, and the broker is restarted in the middle and forgets everything.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHouse } from '../../sim/house.ts';
import { until } from '../../tools/flash/until.ts';
import { EXIT } from '../../tools/update/exits.ts';
import { LIMITS } from '../../tools/update/limits.ts';
import { flashedBoard, imageWith } from '../support/updatable.ts';
import { noChunksAt, startBroker, update } from '../support/updating.ts';

const BOARDS = 300;

/** A thread that drives so many boards is slow. */
const LIMIT_MS = 600_000;

test('three hundred boards at once, with the broker restarted midway', { timeout: 2 * LIMIT_MS }, async (t) => {
  const broker = await startBroker(t);
  const house = createHouse();
  t.after(() => house.dispose());
  house.hosts.set('broker', `127.0.0.1:${broker.port}`);
  const boards = Array.from({ length: BOARDS }, (_, at) => flashedBoard(house, { name: `lamp${at}` }, { speed: 5 }));
  await Promise.all(boards.map((board) => board.waitFor(/^mqtt connected/, LIMIT_MS)));

  const { path, version } = imageWith('b');
  const updating = update(broker, ['--all', '--bundle', path, '--canary', `${BOARDS}`], { limits: LIMITS });
  const isHalf = ({ console }: (typeof boards)[number]) => console.some((line) => line.includes('fetched 50 %'));
  assert.ok(await until(() => boards.filter(isHalf).length > BOARDS / 10, LIMIT_MS));
  await broker.restart({ keepSessions: false });
  const { code, output } = await updating;
  assert.equal(code, EXIT.ok, output);
  assert.match(output, new RegExp(`^${BOARDS} of ${BOARDS} boards run ${version.replace('+', '.')}$`, 'm'));
  await noChunksAt(broker);

  await broker.publish('home/bedroom/light', 'on', { qos: 1 });
  const isLit = (): boolean => boards.every((board) => board.pin('D5').duty() === 1);
  assert.ok(await until(isLit, LIMIT_MS), 'every lamp obeys');
});
