import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScriptedWifi } from '../support/scriptedWifi.ts';
import { infoMessage } from '../../src/info.ts';
import { discoveryMessage, discoveryTopic } from '../../src/homeAssistant.ts';
import { DISCOVERY_TOPIC, readDiscovery } from '../support/homeAssistantRules.ts';
import { board, VITALS } from '../support/reporting.ts';

const NAME = 'light-aabbccddeeff';
const VERSION = '1.2.3';
const TOPIC = `light/${NAME}`;

const read = (name = NAME, dimmable = true) => readDiscovery(discoveryMessage(name, VERSION, dimmable));

const SENSORS = ['rssi', 'uptimeS', 'freeVariables', 'restarts'];

test('has what Home Assistant requires of a device, and no key that it does not know', () => {
  const { device, origin } = read();
  assert.deepEqual([device['identifiers']].flat(), [NAME]);
  assert.equal(device['name'], NAME);
  assert.equal(device['sw_version'], VERSION);
  assert.equal(typeof origin['name'], 'string');
});

test('the light listens and speaks on the topics of the node, at QoS 1, and blinks on request', () => {
  const { components } = read();
  const lights = Object.values(components).filter((entity) => entity['platform'] === 'light');
  assert.equal(lights.length, 1);
  const { command_topic, state_topic, schema, brightness, qos, effect, effect_list } = lights[0]!;
  assert.deepEqual(
    { command_topic, state_topic, schema, brightness, qos, effect, effect_list },
    {
      command_topic: `${TOPIC}/set`,
      state_topic: `${TOPIC}/state`,
      schema: 'json',
      brightness: true,
      qos: 1,
      effect: true,
      effect_list: ['blink'],
    },
  );
});

test('a light that only switches says so', () => {
  const { components } = read(NAME, false);
  assert.ok(!components['light']!['brightness']);
  assert.deepEqual(components['light']!['supported_color_modes'], ['onoff']);
});

test('the light offers no flash, whose command would be a plain ON, and names its color mode', () => {
  const { flash, supported_color_modes } = read().components['light']!;
  assert.deepEqual({ flash, supported_color_modes }, { flash: false, supported_color_modes: ['brightness'] });
});

test('its availability is the status topic, with the words that Home Assistant expects by default', () => {
  const discovery = read();
  assert.equal(discovery['availability_topic'], `${TOPIC}/status`);
  assert.ok(!('payload_available' in discovery) && !('payload_not_available' in discovery));
});

test('signal, uptime, free memory and restarts are diagnostic sensors, read from the info message', () => {
  const { components } = read();
  const sensors = Object.values(components).filter((entity) => entity['platform'] === 'sensor');
  const wifi = createScriptedWifi();
  wifi.setAddress('192.168.1.20');
  const info = infoMessage(board(), wifi, VITALS);
  const keys = sensors.map((sensor) => {
    assert.equal(sensor['state_topic'], `${TOPIC}/info`);
    assert.equal(sensor['entity_category'], 'diagnostic');
    const [, key = ''] = /^\{\{ ?value_json\.(\w+) ?\}\}$/.exec(String(sensor['value_template'])) ?? [];
    assert.equal(typeof (JSON.parse(info) as Record<string, unknown>)[key], 'number', key);
    return key;
  });
  assert.deepEqual(keys.sort(), [...SENSORS].sort());
});

test('tells of versions, has two buttons, and a choice of what power brings', () => {
  const { components } = read();
  const { firmware, restart, identify, powerOn } = components;
  assert.deepEqual([firmware!['platform'], firmware!['state_topic']], ['update', `${TOPIC}/firmware`]);
  for (const control of [restart, identify, powerOn])
    assert.deepEqual([control!['command_topic'], control!['entity_category']], [`${TOPIC}/device`, 'config']);
  assert.deepEqual([restart!['payload_press'], identify!['payload_press']], ['restart', 'identify']);
  assert.deepEqual(powerOn!['options'], ['off', 'on', 'last']);
  assert.equal(powerOn!['value_template'], '{{value_json.powerOn}}');
});

test('two devices share no unique_id and no topic', () => {
  const names = [NAME, 'light-112233445566', 'a b', 'a_b', 'a_32b'];
  const ids = names.flatMap((name) => Object.values(read(name).components).map((entity) => entity['unique_id']));
  assert.equal(new Set(ids).size, ids.length);
  assert.equal(new Set(names.slice(0, 4).map(discoveryTopic)).size, 4);
});

for (const text of ['K\u00fcche', '\u0441\u0432\u0435\u0442', '@', '$&']) {
  test(`names the topics of ${JSON.stringify(text)} as the node does, in UTF-8`, () => {
    const discovery = read(Buffer.from(text).toString('latin1'));
    assert.equal(discovery.device['name'], text);
    assert.equal(discovery['availability_topic'], `light/${text}/status`);
    assert.equal(discovery.components['light']!['command_topic'], `light/${text}/set`);
  });
}

for (const name of ['light-aabbccddeeff', 'Desk_2', 'living room', 'a.b', 'K\xc3\xbcche', '@[`{/:', '~']) {
  test(`announces ${JSON.stringify(name)} on a topic of the documented form`, () => {
    assert.match(discoveryTopic(name), DISCOVERY_TOPIC);
  });
}

test('keeps a name of letters, digits and hyphens as it is', () => {
  assert.equal(discoveryTopic('Az-09'), 'homeassistant/device/Az-09/config');
});

test('fits what the chip sends in one go, for the longest name too', () => {
  assert.ok(discoveryMessage('n'.repeat(32), VERSION, true).length < 4096);
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
    const message = discoveryMessage(NAME, VERSION, true);
    const broken = message.replace(from, to);
    assert.notEqual(broken, message);
    assert.throws(() => readDiscovery(broken), reason);
  });
}
