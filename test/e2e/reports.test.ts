// What the built bundle publishes about itself on a virtual board: info, and its announcement to Home Assistant.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DISCOVERY_TOPIC, readDiscovery } from '../support/homeAssistantRules.ts';
import { inHome, type Home, type HomeNode } from './home.ts';

const CONFIG = 'homeassistant/device/desk/config';
const HOME_ASSISTANT_STATUS = 'homeassistant/status';

/** Chip milliseconds within which nodes answer a Home Assistant that starts. */
const ANSWER_MS = 10_000;

const CALLS = 100;

/** The messages of nodes to Home Assistant. */
const announcements = ({ messages }: Home) =>
  messages.filter((message) => message.clientId !== undefined && message.topic.startsWith('homeassistant/'));

/** Boots the board with other settings. */
async function reboot(node: HomeNode, config: object): Promise<void> {
  const sessions = node.infos().length;
  node.configure(config);
  node.board.reset();
  await node.reported(sessions + 1);
}

test(
  'info is retained, and holds what an owner asks for',
  inHome(async ({ node, broker }) => {
    const desk = node({}, { ip: '192.168.1.77' });
    await desk.reported();
    await desk.until(() => broker.retained().has('light/desk/info'));
    const { version, clientId, uptimeS, freeVariables, usedVariables, flashFreeKB, ...rest } = JSON.parse(
      broker.retained().get('light/desk/info')!,
    ) as Record<string, unknown>;
    assert.match(String(version), /^\d+\.\d+\.\d+/);
    assert.deepEqual(broker.clients(), [clientId]);
    for (const figure of [uptimeS, freeVariables, usedVariables, flashFreeKB]) assert.ok(Number.isInteger(figure));
    assert.deepEqual(rest, {
      ip: '192.168.1.77',
      rssi: desk.board.accessPoint.rssi,
      reconnects: 0,
      lastReconnectReason: '',
      restarts: 0,
      lastRestartReason: 'power on',
      powerOn: 'off',
      serial: desk.board.serial,
      update: '',
    });
  }, 10),
);

test(
  'a roll call is answered by each light within ten seconds, and not once for each of a hundred calls',
  inHome(async ({ node, broker }) => {
    const lights = ['desk', 'shelf', 'door'].map((name) => node({ name }));
    for (const light of lights) await light.reported();
    await Promise.all(Array.from({ length: CALLS }, () => broker.publish('light/call', '')));
    for (const light of lights) await light.reported(2);
    await lights[0]!.pass(ANSWER_MS);
    // a light that answers at once may be called once more by the rest
    for (const light of lights)
      for (const { length } of [light.infos(), light.states()]) assert.ok(length < CALLS / 10, `${length} reports`);
  }),
);

test(
  'info comes after each connect, with the count and the reason; restarts are counted over a power cut',
  inHome(async ({ node, broker }) => {
    const desk = node();
    await desk.reported();
    broker.kick(broker.clients()[0]!);
    await desk.reported(2);
    await broker.kill();
    await broker.start();
    await desk.reported(3);
    const reconnects = desk.infos().map((info) => [info['reconnects'], info['lastReconnectReason']]);
    assert.deepEqual(
      reconnects.map(([count]) => count),
      [0, 1, 2],
    );
    assert.equal(reconnects[1]![1], 'closed by the broker');
    assert.match(String(reconnects[2]![1]), /\w/);
    desk.board.powerOff();
    desk.board.powerOn();
    await desk.reported(4);
    const last = desk.infos()[3]!;
    assert.deepEqual([last['reconnects'], last['restarts']], [0, 1]);
  }, 10),
);

test(
  'nothing is announced to Home Assistant unless it is asked for, not even when it starts',
  inHome(async (home) => {
    const desk = home.node();
    await desk.reported();
    await desk.light('on', 1);
    await desk.command('online', HOME_ASSISTANT_STATUS);
    await desk.pass(ANSWER_MS + 1000);
    await reboot(desk, {});
    assert.deepEqual(announcements(home), []);
    assert.equal(home.broker.retained().has(CONFIG), false);
  }, 40),
);

for (const name of ['desk', 'K\u00fcche \u0141\u00f3d\u017a']) {
  test(
    `what ${name} announces is what Home Assistant documents, and its topics work`,
    inHome(async (home) => {
      const { node, broker } = home;
      const desk = node({ homeAssistant: true, name: Buffer.from(name).toString('latin1') });
      await desk.until(() => announcements(home).length > 0);
      const [announcement] = announcements(home);
      assert.match(announcement!.topic, DISCOVERY_TOPIC);
      assert.ok(announcement!.retain);
      const discovery = readDiscovery(announcement!.payload);
      const retained = (value: unknown): string | undefined => broker.retained().get(String(value));
      const light = discovery.components['light']!;
      assert.equal(retained(discovery['availability_topic']), 'online');
      await desk.command('{"state":"ON","brightness":50,"transition":0.5}', String(light['command_topic']));
      await desk.until(() => JSON.parse(retained(light['state_topic']) ?? '{}').brightness === 50);
      await desk.until(() => retained(discovery.components['rssi']!['state_topic']) !== undefined);
      for (const [key, sensor] of Object.entries(discovery.components)) {
        if (sensor['platform'] !== 'sensor') continue;
        const [, field = ''] = /value_json\.(\w+)/.exec(String(sensor['value_template'])) ?? [];
        assert.equal(typeof JSON.parse(retained(sensor['state_topic'])!)[field], 'number', key);
      }
      const versions = JSON.parse(retained(discovery.components['firmware']!['state_topic'])!) as object;
      assert.match(String((versions as { installed_version: string }).installed_version), /^\d+\.\d+\.\d+/);
    }),
  );
}

/** A busy computer is a quarter of a second late. */
const SLACK_MS = 5_000;

test(
  'a Home Assistant that starts is answered by each node after a delay of its own, and switches no lamp',
  inHome(async (home) => {
    const nodes = ['desk', 'shelf', 'stairs', 'door'].map((name) => home.node({ homeAssistant: true, name }));
    for (const node of nodes) {
      await node.reported();
      await node.light('on', 1);
    }
    const [desk] = nodes as [HomeNode];
    await desk.command('offline', HOME_ASSISTANT_STATUS);
    await desk.pass(ANSWER_MS + 500);
    assert.equal(announcements(home).length, nodes.length);
    const answers = new Map<string, number>();
    const fromMs = desk.board.nowMs();
    home.broker.onPublish(({ topic }) => {
      if (DISCOVERY_TOPIC.test(topic)) answers.set(topic, desk.board.nowMs() - fromMs);
    });
    await desk.command('online', HOME_ASSISTANT_STATUS);
    for (const node of nodes) await node.reported(2);
    const delays = [...answers.values()].sort((a, b) => a - b);
    assert.equal(delays.length, nodes.length);
    assert.ok(delays.at(-1)! < ANSWER_MS + SLACK_MS, `${delays.join()} ms`);
    assert.ok(delays.at(-1)! - delays[0]! > 300, `all at once: ${delays.join()} ms`);
    assert.ok(nodes.every((node) => node.lamp.duty() === 1));
  }),
);

test(
  'removing the option takes the announcement back, once',
  inHome(async (home) => {
    const desk = home.node({ homeAssistant: true });
    await desk.reported();
    assert.ok(home.broker.retained().has(CONFIG));
    await reboot(desk, { homeAssistant: false });
    assert.equal(home.broker.retained().has(CONFIG), false);
    assert.equal(announcements(home).at(-1)!.payload, '');
    const count = announcements(home).length;
    await reboot(desk, { homeAssistant: false });
    home.broker.kick(home.broker.clients()[0]!);
    await desk.reported(4);
    assert.equal(announcements(home).length, count);
  }),
);

test(
  'a broker that has lost everything gets all of it again',
  inHome(async (home) => {
    const desk = home.node({ homeAssistant: true });
    await desk.reported();
    const before = [...home.broker.retained().keys()].sort();
    await home.broker.restart({ keepSessions: false });
    await desk.reported(2);
    assert.deepEqual([...home.broker.retained().keys()].sort(), before);
    assert.deepEqual(before, [CONFIG, ...['firmware', 'info', 'state', 'status'].map((leaf) => `light/desk/${leaf}`)]);
  }),
);
