// Delivery at QoS 1: each command is obeyed once, also when it is sent again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packets } from '../../sim/broker/rogue.ts';
import { COMMANDS, type Rig } from './rigs.ts';
import { checkHealthy, dim, onEachBench } from './scenario.ts';

/** Waits until the lamp shows this level, 0-255. */
const untilLevel = ({ device, until }: Rig, level: number): Promise<void> =>
  until(() => device.levels().at(-1) === level, `a lamp at ${level}`);

/** Breaks the link, waits until the board has noticed, repairs it, and waits until the board is back. */
async function interrupt({ device, proxy, line }: Rig, breakLink: () => Promise<void>): Promise<void> {
  const calm = device.console.length;
  await breakLink();
  const down = await line(/^mqtt down/, calm);
  proxy.faults.heal();
  await line(/^mqtt connected/, down);
}

onEachBench('delivery', (bench) => {
  // [MQTT-3.3.1-1]
  const skip = bench.name.endsWith('aedes') && 'aedes delivers again without DUP, so that a repetition looks new';
  test('a toggle whose PUBACK is lost comes again, and toggles once', { skip }, async (t) => {
    const rig = await bench.open(t);
    await interrupt(rig, async () => {
      rig.proxy.faults.drop('fromBoard');
      await rig.send('toggle');
      await untilLevel(rig, 255);
    });
    await rig.until(() => rig.wire.sent().some(({ cmd }) => cmd === 'puback'), 'the PUBACK of what came again');
    await checkHealthy(rig, [0, 255]);
  });

  test('a toggle that never reached the board comes again, and toggles', async (t) => {
    const rig = await bench.open(t);
    await interrupt(rig, async () => {
      rig.proxy.faults.drop();
      await rig.send('toggle');
    });
    await checkHealthy(rig, [0, 255]);
  });

  test('every toggle that waited for the board toggles once', async (t) => {
    const rig = await bench.open(t);
    await interrupt(rig, async () => {
      rig.proxy.faults.drop();
      for (let times = 0; times < 15; times += 1) await rig.send('toggle');
    });
    const levels = Array.from({ length: 16 }, (_, times) => (times % 2) * 255);
    await checkHealthy(rig, levels);
  });

  test('a retained command is obeyed after power-up, and not repeated by a reconnect', async (t) => {
    const rig = await bench.open(t, { isOff: true });
    await rig.send(dim(80), { retain: true });
    rig.device.powerOn();
    await untilLevel(rig, 80);
    await rig.send(dim(120));
    await untilLevel(rig, 120);
    await interrupt(rig, async () => rig.proxy.kill());
    await rig.send(dim(140));
    await checkHealthy(rig, [0, 80, 120, 140]);
  });

  test('hundreds of packets in one piece are obeyed one by one', async (t) => {
    const rig = await bench.open(t, { speed: 2 }); // within a keep alive, also where the interpreter has a busy computer
    const levels = Array.from({ length: 190 }, (_, at) => 60 + at);
    rig.proxy.inject(levels.map((level) => packets.publish(COMMANDS, dim(level))).join(''));
    await checkHealthy(rig, [0, ...levels]);
  });

  const burst = bench.isVirtual ? 10_000 : 1_000; // the interpreter on a busy computer is no faster than the chip
  test(`${burst} commands in one burst are obeyed one by one`, async (t) => {
    const mosquitto = { persistence: false, settings: ['max_queued_messages 0'] };
    const rig = await bench.open(t, { mosquitto, speed: 2 });
    const startMs = performance.now();
    await Promise.all(Array.from({ length: burst }, (_, at) => rig.send(at % 2 ? 'on' : 'off')));
    await rig.send(dim(99));
    await rig.until(() => rig.device.levels().at(-1) === 99, 'the last command', 40_000);
    const tookS = (performance.now() - startMs) / 1000;
    assert.equal(rig.device.levels().length, burst + 1, 'off at boot and at the first "off", then a change a command');
    assert.equal(rig.identifiers().length, 1, 'sessions');
    rig.wire.check();
    t.diagnostic(`${Math.round(burst / tookS)} a second`);
  });

  test('20 KB on a command topic are one plain word, also when they are retained', async (t) => {
    const rig = await bench.open(t);
    await rig.send('on');
    await untilLevel(rig, 255);
    await rig.send(`on${'x'.repeat(20_000)}`, { retain: true });
    await untilLevel(rig, 0);
    await rig.device.powerOff();
    rig.device.powerOn();
    await rig.until(() => rig.identifiers().length === 2, 'a second session');
    await rig.send(dim(140));
    await checkHealthy(rig, [0, 255, 0, 140]);
  });

  test('an empty payload is a word like any other: off', async (t) => {
    const rig = await bench.open(t);
    await rig.send('on');
    await untilLevel(rig, 255);
    await rig.send('');
    await checkHealthy(rig, [0, 255, 0]);
  });
});
