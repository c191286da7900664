// The lights of a broker, without a browser: what is asked of them is true only when they report it.
import assert from 'node:assert/strict';
import { afterEach, describe, test } from 'node:test';
import { createRabbitMq, isRabbitMqInstalled } from '../../sim/broker/rabbitmq.ts';
import { createHouse } from '../../sim/house.ts';
import { createDocuments } from '../../tools/page/documents.ts';
import { watchLights, type WatchedLights } from '../../tools/page/lights.ts';
import { FIRMWARE } from '../support/firmware.ts';
import { createLightsRig, until, type LightsRig } from './rig.ts';

describe('lights', () => {
  let rig: LightsRig;
  afterEach(() => rig.dispose());

  test('a command is done when the light has reported it; a newer one takes its place', async () => {
    rig = await createLightsRig(['desk']);
    const set = (command: object) => rig.actions.set({ lights: ['desk'], command });
    await set({ state: 'ON' });
    assert.deepEqual([rig.light('desk')!.isOn, rig.light('desk')!.level], [true, 255]);
    await Promise.all([10, 20, 30].map((brightness) => set({ brightness })));
    assert.equal(rig.light('desk')!.level, 30);
    await set({ brightness: 30 }); // no news is reported
    await assert.rejects(rig.actions.set({ lights: ['nobody'], command: { state: 'ON' } }), {
      message: 'no answer within 5 s: nobody',
    });
  });

  test('wrong arguments are one line, and reach no light', async () => {
    rig = await createLightsRig();
    const heard: string[] = [];
    rig.broker.onPublish(({ topic }) => heard.push(topic));
    for (const args of [
      {},
      { lights: 'desk', command: { state: 'ON' } },
      { lights: ['a/b'], command: { state: 'ON' } },
      { lights: ['#'], command: { state: 'ON' } },
      { lights: [''], command: { state: 'ON' } },
      { lights: ['x'.repeat(65)], command: { state: 'ON' } },
      { lights: ['desk'], command: {} },
      { lights: ['desk'], command: { state: 'TOGGLE' } },
      { lights: ['desk'], command: { brightness: 0 } },
      { lights: ['desk'], command: { brightness: 2.5 } },
    ])
      await assert.rejects(async () => rig.actions.set(args as never), /^Error: [^\n]+$/);
    assert.deepEqual(heard, []);
  });

  test('a dead light is forgotten with all that the broker keeps, its announcement too; a live one is not', async () => {
    rig = await createLightsRig();
    const name = 'büro.1_a';
    const settings = { name: Buffer.from(name).toString('latin1'), homeAssistant: true }; // UTF-8 on the chip
    const board = rig.board(settings);
    await until(() => rig.broker.retained().size === 5, 'all is reported');
    await until(() => rig.light(name)?.status === 'online', 'the page sees it');
    await assert.rejects(async () => rig.actions.forget({ lights: [name] }), /^Error: a light that is online/);
    board.powerOff('reset');
    await until(() => rig.light(name)?.status === 'offline', 'the page sees it go');
    await rig.actions.forget({ lights: [name] });
    await until(() => rig.light(name) === null, 'it is forgotten');
    assert.deepEqual([...rig.broker.retained().keys()], []);
  });

  test('no roll call where the broker keeps what lights report', async () => {
    const heard: string[] = [];
    rig = await createLightsRig(['desk']);
    rig.broker.onPublish(({ topic }) => heard.push(topic));
    await until(() => rig.light('desk')?.isOn === false, 'the page sees it');
    await new Promise((resolve) => setTimeout(resolve, 2_000)); // longer than the page waits
    assert.ok(!heard.includes('light/call'));
    await rig.actions.call();
    await until(() => heard.filter((topic) => topic === 'light/desk/info').length === 1, 'it is answered');
  });
});

test(
  'a broker that keeps nothing for wildcards: a roll call fills the list',
  { skip: isRabbitMqInstalled() ? false : 'install rabbitmq-server' },
  async () => {
    const rabbit = await createRabbitMq();
    const house = createHouse({ speed: 5 });
    house.hosts.set('broker', `127.0.0.1:${rabbit.port}`);
    const documents = createDocuments();
    const config = { wifi: { ssid: 'Home', password: 'secret-password' }, broker: 'broker' };
    let lights: WatchedLights | undefined;
    try {
      const boards = ['desk', 'shelf'].map((name) => house.board({ firmware: FIRMWARE, config: { ...config, name } }));
      for (const board of boards) await board.waitFor(/^mqtt connected/, 20_000);
      lights = await watchLights(
        { broker: { host: '127.0.0.1', port: rabbit.port }, username: undefined, password: undefined },
        documents,
      );
      for (const name of ['desk', 'shelf'])
        await until(
          () => /"status":"online","isOn":false/.test(documents.text(`light/${name}`) ?? ''),
          `${name} answers`,
        );
      await lights.actions.set({ lights: ['desk'], command: { state: 'ON' } });
    } finally {
      await lights?.close();
      house.dispose();
      await rabbit.dispose();
    }
  },
);
