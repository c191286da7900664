// What an owner counts on, at every broker that this machine has.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import mqtt from 'mqtt';
import { isInstalled } from '../../sim/broker/daemon.ts';
import { createMosquitto } from '../../sim/broker/mosquitto.ts';
import { createNats } from '../../sim/broker/nats.ts';
import { createRabbitMq, isRabbitMqInstalled } from '../../sim/broker/rabbitmq.ts';
import { createHouse } from '../../sim/house.ts';
import { LIMITS } from '../../tools/update/limits.ts';
import { flashedBoard, imageWith } from '../support/updatable.ts';
import { update } from '../support/updating.ts';
import { createAedes } from '../resilience/benches.ts';
import { createVirtualDevice } from '../resilience/device.ts';
import { createRig, type BrokerUnderTest, type Rig, type Scope } from '../resilience/rigs.ts';
import { checkHealthy, dim, status } from '../resilience/scenario.ts';

const needs = (isThere: boolean, program: string): string | false => !isThere && `install ${program}`;

const BROKERS: { name: string; skip: string | false; make(): Promise<BrokerUnderTest> }[] = [
  { name: 'aedes', skip: false, make: createAedes },
  { name: 'mosquitto', skip: needs(isInstalled('mosquitto'), 'mosquitto'), make: () => createMosquitto() },
  { name: 'RabbitMQ', skip: needs(isRabbitMqInstalled(), 'rabbitmq-server'), make: createRabbitMq },
  { name: 'NATS', skip: needs(isInstalled('nats-server'), 'nats-server'), make: createNats },
];

/** A connection under the light's identifier that leaves no session behind. */
async function wipeSession(rig: Rig): Promise<void> {
  const clientId = rig.identifiers()[0] as string;
  const stranger = await mqtt.connectAsync(`mqtt://127.0.0.1:${rig.broker.port}`, { clientId, clean: true });
  await stranger.endAsync();
}

describe('each broker', { concurrency: true }, () => {
  for (const { name, skip, make } of BROKERS)
    describe(name, { skip, concurrency: 1 }, () => {
      let broker: BrokerUnderTest;
      before(async () => void (broker = await make()));
      after(() => broker.dispose());

      const open = (scope: Scope): Promise<Rig> =>
        createRig(
          {
            broker: () => Promise.resolve({ ...broker, port: broker.port, dispose: () => Promise.resolve() }),
            device: createVirtualDevice,
            speed: 20,
          },
          scope,
        );
      const obeys = (rig: Rig, level: number): Promise<void> =>
        rig.until(() => rig.device.levels().at(-1) === level, `a lamp at ${level}`);

      test('the light obeys, tells its state, and is online', async (t) => {
        const rig = await open(t);
        await rig.send(dim(120));
        await checkHealthy(rig, [0, 120]);
        await rig.send('off', { topic: `${rig.topic}/set` });
        await obeys(rig, 0);
        await rig.until(async () => (await rig.retained(`${rig.topic}/state`)).includes('OFF'), 'a retained state');
      });

      test('the light is updated over the air', async (t) => {
        const house = createHouse();
        t.after(() => house.dispose());
        house.hosts.set('broker', `127.0.0.1:${broker.port}`);
        const board = flashedBoard(house, { name: 'updated' }, { speed: 50 });
        await board.waitFor(/^mqtt connected/, 30_000);
        const { path } = imageWith('b');
        const { code, output } = await update(broker, ['--name', 'updated', '--bundle', path], { limits: LIMITS });
        assert.equal(code, 0, output);
      });

      test('a command at QoS 1 waits for a light that is away', async (t) => {
        const rig = await open(t);
        rig.proxy.faults.drop();
        rig.proxy.kill();
        await rig.line(/^mqtt down/);
        await rig.send(dim(130));
        rig.proxy.faults.heal();
        await obeys(rig, 130);
        assert.deepEqual(rig.device.levels(), [0, 130]);
        await rig.until(async () => (await status(rig)) === 'online', 'the birth');
      });

      test('a light that has lost its power is offline, and online again when it is back', async (t) => {
        const rig = await open(t);
        await rig.device.powerOff();
        rig.proxy.kill(); // what the broker would find out within one and a half keep alives
        await rig.until(async () => (await status(rig)) === 'offline', 'the will');
        const lines = rig.device.console.length;
        rig.device.powerOn();
        await rig.line(/^mqtt connected/, lines);
        await rig.until(async () => (await status(rig)) === 'online', 'the birth');
      });

      test('a light whose session was taken over comes back under its identifier', async (t) => {
        const rig = await open(t);
        const lines = rig.device.console.length;
        const clientId = rig.identifiers()[0] as string;
        const rival = mqtt.connect(`mqtt://127.0.0.1:${rig.broker.port}`, {
          clientId,
          clean: false,
          reconnectPeriod: 0,
        });
        rival.on('error', () => {});
        t.after(() => rival.endAsync(true));
        await rig.line(/^mqtt connected/, await rig.line(/^mqtt down/, lines));
        await rig.send(dim(140));
        await obeys(rig, 140);
        assert.deepEqual(new Set(rig.identifiers()), new Set([clientId]));
      });

      test('a light whose session has expired meanwhile obeys again', async (t) => {
        const rig = await open(t);
        rig.proxy.faults.drop();
        rig.proxy.kill();
        const down = await rig.line(/^mqtt down/);
        await wipeSession(rig);
        rig.proxy.faults.heal();
        await rig.line(/^mqtt connected/, down);
        await rig.send(dim(150));
        await obeys(rig, 150);
        await rig.until(async () => (await status(rig)) === 'online', 'the birth');
      });
    });
});
