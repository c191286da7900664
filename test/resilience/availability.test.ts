// The retained status on the broker: offline when the board is dead, online when it is back.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { benches } from './benches.ts';
import type { Rig } from './rigs.ts';
import { powerOffSilently, status } from './scenario.ts';

/** Brokers run on wall time: use the shortest keep alive that the firmware accepts, and boards that are only a little faster. */
const OPTIONS = { settings: { keepAliveS: 5 }, speed: 3 };

/** When the broker drops a silent client: after one and a half keep alives [MQTT-3.1.2-24]; mosquitto 2.0 checks every five seconds only. */
const givesUpMs = (bench: string): number => 7_500 + (bench.includes('mosquitto') ? 5_500 : 1_500);

async function statusBecomes(rig: Rig, wanted: string, limitMs: number): Promise<number> {
  const startMs = performance.now();
  await rig.until(async () => (await status(rig)) === wanted, wanted, limitMs);
  return performance.now() - startMs;
}

describe('availability', { concurrency: 10 }, () => {
  for (const { name, skip, isVirtual, open } of benches) {
    test(`a dead board is offline within 1.5 keep alives, and online when it is back: ${name}`, { skip }, async (t) => {
      const rig = await open(t, OPTIONS);
      await statusBecomes(rig, 'online', 1_000);
      await powerOffSilently(rig);
      const goneMs = await statusBecomes(rig, 'offline', givesUpMs(name));
      rig.device.powerOn();
      const backMs = await statusBecomes(rig, 'online', 5_000);
      t.diagnostic(
        `offline after ${(goneMs / 1000).toFixed(1)} s, online ${(backMs / 1000).toFixed(1)} s after power-up`,
      );
    });

    test(`the ghost of the session before a power cut does not win: ${name}`, { skip }, async (t) => {
      const rig = await open(t, OPTIONS);
      await powerOffSilently(rig);
      rig.device.powerOn();
      await rig.until(() => rig.identifiers().length === 2, 'a second session');
      await sleep(givesUpMs(name));
      assert.equal(await status(rig), 'online');
      assert.equal(new Set(rig.identifiers()).size, 1);
    });

    if (!isVirtual) continue;
    test(`nor does the ghost of an identifier that was lost: ${name}`, { skip }, async (t) => {
      const rig = await open(t, OPTIONS);
      await powerOffSilently(rig);
      rig.device.board?.storage.erase('light.id');
      rig.device.powerOn();
      await rig.until(() => new Set(rig.identifiers()).size === 2, 'a session with another identifier');
      await sleep(givesUpMs(name));
      await statusBecomes(rig, 'online', 500);
      const births = rig.wire.sent().filter((packet) => packet.cmd === 'publish' && packet.topic.endsWith('/status'));
      assert.equal(births.length, 2, 'the will of the ghost came, and was corrected');
    });
  }
});
