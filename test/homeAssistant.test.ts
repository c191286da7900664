import assert from 'node:assert/strict';
import { test } from 'node:test';
import { infoMessage } from '../src/info.ts';
import { discoveryMessage, discoveryTopic } from '../src/homeAssistant.ts';
import { DISCOVERY_TOPIC, readDiscovery } from './homeAssistantRules.ts';

const DEVICE = { name: 'light-aabbccddeeff', version: '1.2.3', dimmable: true, topic: 'light/light-aabbccddeeff' };
const SENSORS = ['rssi', 'uptimeS', 'freeVariables', 'restarts'];

test('has what Home Assistant requires of a device, and no key that it does not know', () => {
  const { device, origin } = readDiscovery(discoveryMessage(DEVICE));
  assert.deepEqual([device['identifiers']].flat(), [DEVICE.name]);
  assert.equal(device['name'], DEVICE.name);
  assert.equal(device['sw_version'], DEVICE.version);
  assert.equal(typeof origin['name'], 'string');
});

test('the light listens and speaks on the topics of the node, at QoS 1, and blinks on request', () => {
  const { components } = readDiscovery(discoveryMessage(DEVICE));
  const lights = Object.values(components).filter((entity) => entity['platform'] === 'light');
  assert.equal(lights.length, 1);
  const { command_topic, state_topic, schema, brightness, qos, effect, effect_list } = lights[0]!;
  assert.deepEqual(
    { command_topic, state_topic, schema, brightness, qos, effect, effect_list },
    {
      command_topic: `${DEVICE.topic}/set`,
      state_topic: `${DEVICE.topic}/state`,
      schema: 'json',
      brightness: true,
      qos: 1,
      effect: true,
      effect_list: ['blink'],
    },
  );
});

test('a light that only switches says so', () => {
  const { components } = readDiscovery(discoveryMessage({ ...DEVICE, dimmable: false }));
  assert.ok(!components['light']!['brightness']);
});

test('its availability is the status topic, with the words that Home Assistant expects by default', () => {
  const discovery = readDiscovery(discoveryMessage(DEVICE));
  assert.equal(discovery['availability_topic'], `${DEVICE.topic}/status`);
  assert.ok(!('payload_available' in discovery) && !('payload_not_available' in discovery));
});

test('signal, uptime, free memory and restarts are diagnostic sensors, read from the info message', () => {
  const { components } = readDiscovery(discoveryMessage(DEVICE));
  const sensors = Object.values(components).filter((entity) => entity['platform'] === 'sensor');
  const info = infoMessage({ count: 2, reason: '', atS: 0 }, 60, {
    ...{ version: '', clientId: '', ip: '', rssi: -60, reconnects: 0, lastReason: '' },
    memory: { free: 5000, usage: 800 },
  });
  const read = sensors.map((sensor) => {
    assert.equal(sensor['state_topic'], `${DEVICE.topic}/info`);
    assert.equal(sensor['entity_category'], 'diagnostic');
    const [, key = ''] = /^\{\{ ?value_json\.(\w+) ?\}\}$/.exec(String(sensor['value_template'])) ?? [];
    assert.equal(typeof (JSON.parse(info) as Record<string, unknown>)[key], 'number', key);
    return key;
  });
  assert.deepEqual(read.sort(), [...SENSORS].sort());
});

test('two devices share no unique_id and no topic', () => {
  const other = { ...DEVICE, name: 'light-112233445566', topic: 'light/light-112233445566' };
  const ids = [DEVICE, other].flatMap((device) =>
    Object.values(readDiscovery(discoveryMessage(device)).components).map((entity) => entity['unique_id']),
  );
  assert.equal(new Set(ids).size, ids.length);
  assert.notEqual(discoveryTopic(DEVICE.name), discoveryTopic(other.name));
});

for (const name of ['light-aabbccddeeff', 'Desk_2', 'living room', 'a.b', 'K\xc3\xbcche', '@[`{/:', '~']) {
  test(`announces ${JSON.stringify(name)} on a topic of the documented form`, () => {
    assert.match(discoveryTopic(name), DISCOVERY_TOPIC);
  });
}

test('keeps a name of letters, digits, underscores and hyphens as it is', () => {
  assert.equal(discoveryTopic('Az-09_'), 'homeassistant/device/Az-09_/config');
});

test('fits what the chip sends in one go, for the longest name too', () => {
  const name = 'n'.repeat(32);
  assert.ok(discoveryMessage({ ...DEVICE, name, topic: `light/${name}` }).length < 2048);
});

const BROKEN: [what: string, from: string | RegExp, to: string, reason: RegExp][] = [
  ['no identifiers', /"ids":\["[^"]*"\],/, '', /identifiers/],
  ['no origin', /"o":\{[^}]*\},/, '', /not an object/],
  ['an origin without a name', /("o":\{)"name":"[^"]*",/, '$1', /name/],
  ['a component without platform', '"p":"light",', '', /platform/],
  ['a component without unique_id', /"unique_id":"[^"]*",("name":null)/, '$1', /unique_id/],
  ['a light without command topic', /"cmd_t":"[^"]*",/, '', /command_topic/],
  ['an unknown abbreviation', '"stat_t"', '"st_t"', /st_t/],
  ['a light of another schema', '"schema":"json"', '"schema":"default"', /schema/],
];

for (const [what, from, to, reason] of BROKEN) {
  test(`the rules refuse a message with ${what}`, () => {
    const message = discoveryMessage(DEVICE);
    const broken = message.replace(from, to);
    assert.notEqual(broken, message);
    assert.throws(() => readDiscovery(broken), reason);
  });
}
