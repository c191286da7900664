// A second client with the board's identifier.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import type { Bench } from './benches.ts';
import { createRealDevice, createVirtualDevice, type Device } from './device.ts';
import { FIRMWARE } from '../support/firmware.ts';
import type { Rig } from './rigs.ts';
import { checkHealthy, dim, onEachBench } from './scenario.ts';

/** Chip seconds per wall second: ten minutes of the chip take seconds. */
const SPEED = { virtual: 100, real: 60 };

const KEEP_ALIVE_S = 60;

/** Chip minutes within which two lights with one identifier have different ones; seconds where the broker publishes the will of the one it throws off. */
const MINUTES = 15;

const LIMIT_MS = 120_000;

const open = (bench: Bench, t: TestContext): Promise<Rig> =>
  bench.open(t, { speed: bench.isVirtual ? SPEED.virtual : SPEED.real, settings: { keepAliveS: KEEP_ALIVE_S } });

/** Connects another client under the board's identifier; it comes back after each takeover, in chip seconds. */
function challenge(t: TestContext, rig: Rig, { clean, backAfterS }: { clean: boolean; backAfterS: number }) {
  const rival = mqtt.connect(`mqtt://127.0.0.1:${rig.broker.port}`, {
    clientId: rig.identifiers()[0] as string,
    clean,
    reconnectPeriod: (backAfterS * 1000) / rig.device.speed,
  });
  rival.on('error', () => {});
  t.after(() => rival.endAsync(true));
  return rival;
}

/** Powers on another light at the same broker, with a given identifier. */
async function switchOn(t: TestContext, bench: Bench, rig: Rig, id: string): Promise<Device> {
  const serial = `facade00-${rig.topic.slice(-4)}`;
  const file = `${serial} ${id}`;
  const device = await (bench.isVirtual ? createVirtualDevice : createRealDevice)({
    ...{ firmware: FIRMWARE, serial, speed: rig.device.speed },
    settings: { broker: `127.0.0.1:${rig.broker.port}`, keepAliveS: KEEP_ALIVE_S },
    preamble: `require("Storage").write("light.id",${JSON.stringify(file)});`,
  });
  t.after(() => device.dispose());
  device.board?.storage.install('light.id', file);
  device.powerOn();
  return device;
}

const downs = ({ console }: Device): number => console.filter((line) => /^mqtt down/.test(line)).length;

const identifierOf = ({ console }: Device): string | undefined =>
  console.map((line) => /^mqtt connected as (\w+)/.exec(line)?.[1]).findLast(Boolean);

const keepAlives = (count: number, { device }: Rig): Promise<void> =>
  sleep((count * KEEP_ALIVE_S * 1000) / device.speed);

const RIVALS = [
  { name: 'a rival with clean sessions that returns after 1 s', clean: true, backAfterS: 1 },
  { name: 'a rival with a session that stays, which returns after 3 s', clean: false, backAfterS: 3 },
];

onEachBench('rival', (bench) => {
  for (const { name, ...how } of RIVALS) {
    test(`${name} is left alone with the identifier after ten minutes, and the board makes another one`, async (t) => {
      const rig = await open(bench, t);
      const startS = rig.device.nowS();
      const rival = challenge(t, rig, how);
      await rig.until(() => new Set(rig.identifiers()).size === 2, 'a new identifier', LIMIT_MS);
      const renewedS = rig.device.nowS() - startS;
      assert.ok(renewedS >= 600, `renewed after ${renewedS} s: a bad network may look like that`);
      const fights = downs(rig.device);
      await rig.until(() => rival.connected, 'a connected rival');
      await keepAlives(2, rig);
      assert.equal(downs(rig.device), fights, rig.device.console.join('\n'));
      await rig.send(dim(120));
      await checkHealthy(rig, [0, 120]);
      t.diagnostic(`after ${fights} lost sessions and attempts, ${renewedS.toFixed(0)} s`);
    });
  }

  test('a rival that comes once changes nothing but one session', async (t) => {
    const rig = await open(bench, t);
    const rival = challenge(t, rig, { clean: false, backAfterS: 0 });
    await rig.until(() => rig.identifiers().length === 2 && !rival.connected, 'the identifier in our hands again');
    await rig.send(dim(120));
    await checkHealthy(rig, [0, 120]);
    assert.equal(new Set(rig.identifiers()).size, 1);
  });

  test('two lights with one given identifier part, and both obey', async (t) => {
    const rig = await open(bench, t);
    const startS = rig.device.nowS();
    const [given = ''] = rig.identifiers();
    const other = await switchOn(t, bench, rig, given);
    const lights = [rig.device, other];
    await rig.until(() => lights.every((light) => identifierOf(light) !== undefined), 'two lights');
    const hasParted = (): boolean => identifierOf(rig.device) !== identifierOf(other);
    await rig.until(hasParted, 'two identifiers', (MINUTES * 60_000) / rig.device.speed + 1_000);
    const partedS = rig.device.nowS() - startS;
    await keepAlives(1, rig);
    const fights = lights.map(downs);
    await keepAlives(2, rig);
    assert.deepEqual(lights.map(downs), fights, other.console.join('\n'));
    await rig.send(dim(120));
    await rig.until(() => lights.every((light) => light.levels().at(-1) === 120), 'two lights that obey');
    t.diagnostic(`parted after ${partedS.toFixed(0)} s and ${fights.join(' and ')} lost sessions`);
  });
});
