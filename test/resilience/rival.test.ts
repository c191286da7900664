import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import { KEEP_ALIVE_S, type Rig } from './rigs.ts';
import { checkPeace, dim, onEachBench } from './scenario.ts';

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

const downs = ({ device }: Rig): number => device.console.filter((line) => /^mqtt down/.test(line)).length;

/** All are quicker than half a keep alive: a session that lasts longer is no sign of a rival. */
const RIVALS = [
  { name: 'a rival with clean sessions that returns after 1 s', clean: true, backAfterS: 1 },
  { name: 'a rival with a session that stays, which returns after 1 s', clean: false, backAfterS: 1 },
  { name: 'a rival with clean sessions that returns after 3 s', clean: true, backAfterS: 3 },
  { name: 'a rival with a session that stays, which returns after 3 s', clean: false, backAfterS: 3 },
];

onEachBench('rival', (bench) => {
  for (const { name, ...how } of RIVALS) {
    test(`${name} is left alone with the identifier, and the board makes another one`, async (t) => {
      const rig = await bench.open(t);
      const startMs = performance.now();
      const rival = challenge(t, rig, how);
      await rig.until(() => new Set(rig.identifiers()).size === 2, 'a new identifier');
      const renewedS = ((performance.now() - startMs) * rig.device.speed) / 1000;
      const fights = downs(rig);
      await rig.until(() => rival.connected, 'a rival that is left in peace');
      await sleep((2 * KEEP_ALIVE_S * 1000) / rig.device.speed);
      assert.equal(downs(rig), fights, rig.device.console.join('\n'));
      await rig.send(dim(120));
      await checkPeace(rig, [0, 120]);
      t.diagnostic(`after ${fights} lost sessions and attempts, ${renewedS.toFixed(0)} s`);
    });
  }

  test('a rival that comes once changes nothing but one session', async (t) => {
    const rig = await bench.open(t);
    const rival = challenge(t, rig, { clean: false, backAfterS: 0 });
    await rig.until(() => rig.identifiers().length === 2 && !rival.connected, 'the identifier in our hands again');
    await rig.send(dim(120));
    await checkPeace(rig, [0, 120]);
    assert.equal(new Set(rig.identifiers()).size, 1);
  });
});
