// The tools and the boards together, over a broker: from one version to the next, back from a bad one, and new settings.

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import type { BoardOptions, VirtualBoard } from '../../sim/board/board.ts';
import { createStorage } from '../../sim/board/storage.ts';
import { createMosquitto, mosquittoAvailable } from '../../sim/broker/mosquitto.ts';
import { createHouse } from '../../sim/house.ts';
import { INTERPRETER_HINT, interpreterPath } from '../../sim/interpreter/interpreter.ts';
import { until } from '../../tools/flash/until.ts';
import { boardKeys } from '../../tools/keys.ts';
import { EXIT } from '../../tools/update/exits.ts';
import { LIMITS } from '../../tools/update/limits.ts';
import { requestMessage } from '../../tools/update/wire.ts';
import { connectClient } from '../support/mqttClient.ts';
import { A, flashedBoard, flashedInterpreter, imageWith } from '../support/updatable.ts';
import { configure, MASTER, startBroker, update } from '../support/updating.ts';

/** Ten minutes of a trial that never connects are twelve seconds. */
const SPEED = 50;

const BOOT_MS = 30_000;

const LIMIT = { timeout: 180_000 };

const patient = { limits: LIMITS };

const B = imageWith('b');

/** Never connects: it leaves the network for good. */
const NEVER_CONNECTS = imageWith('c', ";clearInterval();require('Wifi').disconnect()");
const THROWS = imageWith('d', ';nosuch()');

/** The flash of a board that has room for two updates, and for three slots. */
const ROOM_FOR_TWO_BYTES = 120 * 1024;

async function houseAt(t: TestContext, port: number, names: string[], options: BoardOptions = {}) {
  const house = createHouse();
  t.after(() => house.dispose());
  house.hosts.set('broker', `127.0.0.1:${port}`);
  const boards = names.map((name) => flashedBoard(house, { name }, { speed: SPEED, ...options }));
  await Promise.all(boards.map((board) => board.waitFor(/^mqtt connected/, BOOT_MS)));
  return boards;
}

/** Sends a command, and waits for the lamp. */
async function obeys(t: TestContext, port: number, name: string, board: VirtualBoard): Promise<void> {
  const client = await connectClient(t, port);
  for (const [word, duty] of [
    ['off', 0],
    ['on', 1],
  ] as const) {
    await client.publishAsync(`light/${name}/set`, word, { qos: 1 });
    await board.waitFor(() => board.pin('D5').duty() === duty, BOOT_MS);
  }
}

describe('tools and boards', { concurrency: 6 }, () => {
  test('from A to B, group by group, and on to settings; a lamp that is on stays on', LIMIT, async (t) => {
    const broker = await startBroker(t);
    const [left, right] = await houseAt(t, broker.port, ['left', 'right']);
    await obeys(t, broker.port, 'left', left!);
    const updated = await update(broker, ['--all', '--bundle', B.path], patient);
    assert.equal(updated.code, EXIT.ok, updated.output);
    assert.match(updated.output, new RegExp(`left +✓ trial +kept: runs ${B.version.replace('+', '.')}, before `));
    assert.equal(left!.pin('D5').duty(), 1);
    const configured = await configure(broker, ['--name', 'left', '--power-on', 'last'], patient);
    assert.equal(configured.code, EXIT.ok, configured.output);
    assert.equal(JSON.parse(left!.storage.read('light.json')!).powerOn, 'last');
    const info = () => JSON.parse(broker.retained().get('light/left/info')!) as Record<string, unknown>;
    assert.ok(await until(() => info().update === 'kept', BOOT_MS));
    assert.deepEqual([info().version, info().slot, info().powerOn], [B.version, 'b', 'last']);
    for (const [name, board] of [
      ['left', left!],
      ['right', right!],
    ] as const)
      await obeys(t, broker.port, name, board);
  });

  test('a message that was recorded before the flash is old', LIMIT, async (t) => {
    const broker = await startBroker(t);
    const [left] = await houseAt(t, broker.port, ['left']);
    const keys = boardKeys(MASTER, left!.serial);
    const recorded = requestMessage('compact', Date.now() - 60_000, keys);
    await broker.publish('light/left/update', recorded.toString('latin1'), { qos: 1 });
    await left!.waitFor(/^update refused: old counter$/, BOOT_MS);
  });

  test('back from programs that throw or never connect, and the next board is left alone', LIMIT, async (t) => {
    const broker = await startBroker(t);
    const [left, right] = await houseAt(t, broker.port, ['left', 'right']);
    for (const { path } of [THROWS, NEVER_CONNECTS]) {
      const { code, output } = await update(broker, ['--all', '--bundle', path], patient);
      assert.equal(code, EXIT.rolledBack, output);
      assert.ok(output.includes(`rolled back: it runs ${A} again\nhalted: 1 board left as they are`), output);
      assert.ok(left!.console.includes('update: rolled back'));
      await obeys(t, broker.port, 'left', left!);
    }
    assert.deepEqual(right!.console.filter((line) => /^boot /.test(line)).length, 1);
  });

  test('without room: refused with nothing changed, then by --compact', LIMIT, async (t) => {
    const broker = await startBroker(t);
    const [left] = await houseAt(t, broker.port, ['left'], {
      storage: createStorage({ sizeBytes: ROOM_FOR_TWO_BYTES }),
    });
    const argv = ['--name', 'left', '--bundle'];
    for (const { path } of [B, imageWith('e')]) {
      const { code, output } = await update(broker, [...argv, path], patient);
      assert.equal(code, EXIT.ok, output);
    }
    const files = () => left!.storage.list().map((name) => [name, left!.storage.read(name)]);
    const held = files().filter(([name]) => name !== 'light.log0');
    const next = imageWith('f');
    const refused = await update(broker, [...argv, next.path], patient);
    assert.equal(refused.code, EXIT.declined, refused.output);
    assert.match(refused.output, /nothing has changed: no room: flash by USB, or --compact\n/);
    assert.deepEqual(
      files().filter(([name]) => name !== 'light.log0'),
      held,
    );
    const compacted = await update(broker, [...argv, next.path, '--compact'], patient);
    assert.equal(compacted.code, EXIT.ok, compacted.output);
    assert.match(compacted.output, /✓ compact +\d+ kB free\n/);
    await obeys(t, broker.port, 'left', left!);
  });

  test('back from a wrong Wi-Fi password, within three minutes', LIMIT, async (t) => {
    const broker = await startBroker(t);
    const [left] = await houseAt(t, broker.port, ['left']);
    const startMs = left!.nowMs();
    const argv = ['--name', 'left', '--wifi-ssid', left!.accessPoint.ssid, '--wifi-password', 'wrong horse'];
    const { code, output } = await configure(broker, argv, patient);
    assert.equal(code, EXIT.rolledBack, output);
    assert.ok(left!.nowMs() - startMs < 200_000, `${left!.nowMs() - startMs} ms`);
    await obeys(t, broker.port, 'left', left!);
  });

  test(
    'mosquitto and two real interpreters: from A to B, and back from a bad one',
    {
      ...LIMIT,
      skip: (!interpreterPath() && INTERPRETER_HINT) || (!mosquittoAvailable() && 'install mosquitto'),
    },
    async (t) => {
      const broker = await createMosquitto();
      t.after(() => broker.dispose());
      const boards = ['left', 'right'].map((name, at) => {
        const settings = { wifi: { ssid: 'Home' }, broker: `127.0.0.1:${broker.port}`, name };
        return flashedInterpreter(`00c0ffee-000${at}`, settings, 20);
      });
      t.after(() => Promise.all(boards.map((board) => board.dispose())));
      for (const board of boards) board.powerOn();
      await Promise.all(boards.map((board) => board.waitFor(/^mqtt connected/, BOOT_MS)));
      const good = await update(broker, ['--all', '--bundle', B.path, '--canary', '2'], patient);
      assert.equal(good.code, EXIT.ok, good.output);
      const bad = await update(broker, ['--all', '--bundle', THROWS.path], patient);
      assert.equal(bad.code, EXIT.rolledBack, bad.output);
      assert.ok(boards[0]!.console.includes('update: rolled back'), boards[0]!.console.join('\n'));
      assert.ok(!boards[1]!.console.includes('update: rolled back'));
    },
  );
});
