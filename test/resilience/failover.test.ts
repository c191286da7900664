// Two brokers that are bridged: the board moves to the other one when its own dies.

import assert from 'node:assert/strict';
import { describe, test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import { freePort } from '../../sim/broker/daemon.ts';
import { createMosquitto } from '../../sim/broker/mosquitto.ts';
import { benches, type Bench } from './benches.ts';
import { COMMANDS, KEEP_ALIVE_S } from './rigs.ts';
import { dim } from './scenario.ts';

/** Limit of a move in chip seconds: one short back-off, the handshake, and slack for a busy computer. */
const LIMIT_S = 5;

/** Starts two brokers that pass every message to each other. */
async function createPair(t: TestContext) {
  const ports = [await freePort(), await freePort()];
  const first = await createMosquitto({ port: ports[0] as number });
  const second = await createMosquitto({ port: ports[1] as number, bridgeTo: first.port });
  const publisher = await mqtt.connectAsync(`mqtt://127.0.0.1:${second.port}`);
  t.after(async () => {
    await publisher.endAsync(true);
    await first.dispose();
    await second.dispose();
  });
  const send = async (payload: string): Promise<void> =>
    void (await publisher.publishAsync(COMMANDS, payload, { qos: 1 }));
  return { first, second, send };
}

const isPossible = ({ name, skip }: Bench): string | false => (name.includes('mosquitto') ? skip : 'needs two brokers');

describe('two bridged brokers', { concurrency: 2 }, () => {
  for (const bench of benches) {
    test(
      `the board moves to the other when its own is killed: ${bench.name}`,
      { skip: isPossible(bench) },
      async (t) => {
        const { first, second, send } = await createPair(t);
        const broker = [first, second].map(({ port }) => `127.0.0.1:${port}`);
        const rig = await bench.open(t, { settings: { broker }, isOff: true });
        const { device } = rig;
        device.powerOn();
        await rig.line(new RegExp(`^mqtt connected as \\w+ at ${broker[0]}$`));
        await send(dim(100)); // at the second, by way of the bridge
        await rig.until(() => device.levels().at(-1) === 100, 'a command over the bridge');
        await sleep((KEEP_ALIVE_S * 600) / device.speed); // a session that lasts: it has seen its first PINGREQ

        const startS = device.nowS();
        await first.kill();
        await rig.line(new RegExp(`^mqtt connected as \\w+ at ${broker[1]}$`));
        const movedS = device.nowS() - startS;
        assert.ok(movedS < LIMIT_S, `moved within ${movedS.toFixed(1)} s`);
        await send(dim(120));
        await rig.until(() => device.levels().at(-1) === 120, 'a command at the other broker');
        assert.deepEqual(device.levels(), [0, 100, 120]);

        await first.start();
        await send(dim(140));
        await rig.until(() => device.levels().at(-1) === 140, 'a board that stays where it is');
        assert.equal(device.console.filter((line) => /^mqtt connected/.test(line)).length, 2);
        t.diagnostic(`moved after ${movedS.toFixed(1)} s`);
      },
    );
  }
});
