// The form refuses what settings/schema.ts refuses, in the same words.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SETTINGS } from '../../settings/schema.ts';
import { createRules } from '../../src/config.ts';
import { checkForm, readForm, type Form } from '../../src/setup/form.ts';
import { encodeForm, RIGHT } from '../setup/rig.ts';

const NAMES: Record<string, [field: keyof Form, label: string]> = {
  'wifi.ssid': ['s', 'Wi-Fi network'],
  'wifi.password': ['p', 'Wi-Fi password'],
  broker: ['b', 'MQTT broker'],
  username: ['u', 'User name'],
  password: ['q', 'MQTT password'],
  name: ['l', 'Name'],
};

const TEXTS = [
  ...[
    '',
    'a',
    ' ',
    'seven 7',
    'eight 88',
    'x'.repeat(31),
    'x'.repeat(32),
    'x'.repeat(33),
    'x'.repeat(63),
    'x'.repeat(64),
  ],
  ...[
    'x'.repeat(128),
    'x'.repeat(129),
    'é'.repeat(15),
    'é'.repeat(16),
    'é'.repeat(64),
    'tab\there',
    'del\x7f',
    'nul\0',
  ],
  ...[
    'host',
    'host:1',
    'host:0',
    'host:65535',
    'host:65536',
    'host:1:2',
    'ho st',
    'a/b',
    'a+b',
    'a#b',
    'a"b',
    'a\\b',
    'ünder',
  ],
  ...['on', '__proto__', '<b>', '100% & more = 7', '192.168.1.10:1883'],
];

const rules = createRules({ kind: 'ESP32', pin: () => undefined }, (text) => text);
const settings = { wifi: {}, broker: [], name: 'light-1' } as unknown as Parameters<typeof checkForm>[3];

/** Checks a form as it would come from a browser. */
const check = (fields: Record<string, string>) => checkForm(readForm(encodeForm(fields)), rules, [], settings);

/** Those that the form trims, and empty ones that mean something else there. */
const isSame = (key: string, text: string): boolean =>
  key.startsWith('wifi.') || (text.trim() === text && (text !== '' || !['username', 'password'].includes(key)));

for (const { key, wants, isRight } of SETTINGS.filter((setting) => setting.key in NAMES))
  test(`${key}: the same limits and words`, () => {
    const [field, label] = NAMES[key]!;
    for (const text of TEXTS.filter((one) => isSame(key, one))) {
      const result = check({ ...RIGHT, u: 'lamp', [field]: text });
      if (isRight(text))
        assert.equal(typeof result, 'object', `${key} may be ${JSON.stringify(text)}: ${String(result)}`);
      else assert.equal(result, `${label} wants ${wants}`, JSON.stringify(text));
    }
  });

test('a list of brokers has commas; a field that is missing counts as empty', () => {
  const result = check({ ...RIGHT, b: ' one , two:1884 ' });
  assert.deepEqual((result as { changes: object }).changes, {
    ...{ broker: ['one', 'two:1884'], username: '', password: '', name: 'desk' },
  });
  assert.match(String(check({ ...RIGHT, b: 'one,one' })), /MQTT broker wants/);
  for (const field of ['s', 'b', 'l']) {
    const { [field]: _, ...rest } = RIGHT as Record<string, string>;
    assert.match(String(check(rest)), /wants/);
  }
  for (const body of ['', '&&&', '=', 's', 'n=9999999999', 'n=-1', 'n=__proto__', '%%%=%', 's=%zz&b=%'])
    assert.match(String(checkForm(readForm(body), rules, [], settings)), /Wi-Fi network wants/, body);
});

test('the MQTT password that is there is kept for the same user only, and never for none', () => {
  const known = { ...settings, username: 'lamp', password: 'old' } as typeof settings;
  const changes = (fields: Record<string, string>) => {
    const result = checkForm(readForm(encodeForm({ ...RIGHT, ...fields })), rules, [], known);
    assert.ok(typeof result === 'object');
    return [result.changes['username'], result.changes['password'], result.attempt.mqttPassword];
  };
  assert.deepEqual(changes({ u: 'lamp' }), ['lamp', undefined, 'old']);
  assert.deepEqual(changes({ u: 'lamp', q: 'new' }), ['lamp', 'new', 'new']);
  assert.deepEqual(changes({ u: 'other' }), ['other', '', undefined]);
  assert.deepEqual(changes({ u: '' }), ['', '', undefined]);
});

test('a network is chosen or named, not both', () => {
  const networks = [{ ssid: 'Home', rssi: -1, authMode: 'wpa2' }];
  const both = checkForm(readForm(encodeForm({ ...RIGHT, n: '0' })), rules, networks, settings);
  assert.equal(both, 'Choose a Wi-Fi network, or name another one: not both');
});
