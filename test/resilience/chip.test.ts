// Faults of Wi-Fi and of the chip itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TcpFate } from '../../sim/network/accessPoint.ts';
import type { Rig } from './rigs.ts';
import {
  boardOf,
  checkHealthy,
  dim,
  isReal,
  isVirtual,
  onEachBench,
  testOnEachBench,
  type Scenario,
} from './scenario.ts';

/** The supervisor checks the station every 20 s, and joining takes up to 10 s. */
const JOIN_S = 30;

const brokerOf = ({ proxy }: Rig): string => `127.0.0.1:${proxy.port}`;

const outage = (isNoticed: boolean, fate: TcpFate): Scenario => ({
  name: `the access point goes, the station ${isNoticed ? 'notices' : 'does not notice'}, and TCP ${fate === 'alive' ? 'lives on' : 'is dead'}`,
  fault: (rig) => boardOf(rig).accessPoint.off(fate),
  logs: isNoticed ? /^wifi down/ : /^mqtt down: no PINGRESP/,
  heal: (rig) => boardOf(rig).accessPoint.on(),
  extraS: JOIN_S,
  options: { board: { wifi: { noticesLoss: isNoticed } } },
});

const BLOCKED = /^mqtt down: Unable to create socket, retry in ([\d.]+) s/;

testOnEachBench(
  'radio',
  [
    ...[true, false].flatMap((isNoticed) => [outage(isNoticed, 'alive'), outage(isNoticed, 'dead')]),
    {
      name: 'the name of the broker has no address for a while',
      fault(rig) {
        boardOf(rig).hosts.set(brokerOf(rig), 'unknown');
        rig.proxy.kill();
      },
      logs: /^mqtt down: Unable to locate host/,
      times: 3,
      heal: (rig) => void boardOf(rig).hosts.clear(),
    },
    {
      name: 'connecting holds the whole chip for 18 s, and it waits at least as long before the next attempt',
      fault(rig) {
        boardOf(rig).hosts.set(brokerOf(rig), 'blackhole');
        rig.proxy.kill();
      },
      logs: BLOCKED,
      heal(rig) {
        const waitsS = rig.device.console.flatMap((line) => BLOCKED.exec(line)?.[1] ?? []).map(Number);
        assert.ok(Math.min(...waitsS) >= 18, `it waits for ${waitsS.join(', ')} s`);
        boardOf(rig).hosts.clear();
      },
      extraS: 18,
    },
  ],
  isVirtual,
);

testOnEachBench(
  'radio',
  [
    {
      name: 'the station loses its address, and TCP is dead',
      fault({ device, proxy }) {
        proxy.faults.drop();
        device.wifi(false);
      },
      logs: /^wifi down/,
      heal({ device, proxy }) {
        proxy.faults.heal();
        device.wifi(true);
      },
      extraS: JOIN_S,
    },
  ],
  isReal,
);

onEachBench(
  'chip',
  (bench) => {
    test('neither a dead broker nor connects that block wake the watchdog, and the lamp stays', async (t) => {
      const rig = await bench.open(t, { settings: { watchdogS: 60 }, speed: 200 });
      const board = boardOf(rig);
      await rig.send('on');
      await rig.until(() => rig.device.levels().at(-1) === 255, 'a lamp that is on');
      board.hosts.set(brokerOf(rig), 'blackhole');
      rig.proxy.kill();
      await rig.until(() => board.attempts().length >= 6, 'attempts that block');
      board.hosts.set(brokerOf(rig), 'refused');
      const startMs = board.nowMs();
      await rig.until(() => board.nowMs() - startMs > 600_000, 'ten minutes');
      assert.deepEqual(
        board.resets.map(({ cause }) => cause),
        ['power'],
      );
      assert.deepEqual(rig.device.levels(), [0, 255]);
    });

    test('a board with new topics obeys these, and not those that the broker still has for it', async (t) => {
      const rig = await bench.open(t, { settings: { topics: ['home/kitchen/light'] } });
      const { storage } = boardOf(rig);
      const settings = storage.read('light.json') as string;
      await rig.device.powerOff();
      storage.install('light.json', settings.replace('kitchen', 'attic'));
      rig.device.powerOn();
      await rig.until(() => rig.identifiers().length === 2, 'a second session');
      await rig.send(dim(100), { topic: 'home/kitchen/light' });
      await rig.send(dim(120), { topic: 'home/attic/light' });
      await checkHealthy(rig, [0, 120]);
    });
  },
  isVirtual,
);
