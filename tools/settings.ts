// The settings of a light, as the tools know them: key, flag, rule and whether it is a secret, in one table.

import type { ParseArgsConfig } from 'node:util';

/** What goes into `light.json`. Absent keys mean the firmware's default. */
export interface Settings {
  wifi?: { ssid?: string; password?: string };
  broker?: string | string[];
  username?: string;
  password?: string;
  topics?: string[];
  name?: string;
  pin?: string;
  activeLow?: boolean;
  keepAliveS?: number;
  dimmable?: boolean;
  button?: string | null;
  powerOn?: string;
  homeAssistant?: boolean;
  watchdogS?: number;
}

/** One row of the table. */
export interface Setting {
  /** Path in `light.json`: `wifi.ssid` is `{"wifi":{"ssid":…}}`. */
  key: string;
  /** Command line flags without the dashes; the first is the one that help shows. */
  flags: string[];
  /** `texts` is a repeatable flag; `switch` also has a `--no-…` form. */
  kind: 'text' | 'texts' | 'number' | 'switch';
  /** What stands for the value in the help; empty for switches. */
  value: string;
  help: string;
  secret?: true;
  /** Environment variable that may hold it instead of the flag. */
  variable?: string;
  /** Says what is wrong with a value, never repeating it; undefined when it is right. */
  check(value: unknown): string | undefined;
}

/** IEEE 802.11: an SSID has 1-32 bytes. */
const SSID_MAX_BYTES = 32;

/** MQTT 3.1.1 [1.5.3] allows 65,535 bytes; the firmware takes what the chip's RAM bears. */
const TEXT_MAX_BYTES = 128;
const NAME_MAX_BYTES = 32;

const bytes = (text: string): number => Buffer.byteLength(text, 'utf8');

type Check = Setting['check'];

const text =
  (rule: (value: string) => boolean, wanted: string): Check =>
  (value) =>
    typeof value === 'string' && rule(value) ? undefined : wanted;

const short = (value: string): boolean => value.length > 0 && bytes(value) <= TEXT_MAX_BYTES && !value.includes('\0');

const whole =
  (min: number, max: number): Check =>
  (value) =>
    Number.isInteger(value) && Number(value) >= min && Number(value) <= max
      ? undefined
      : `wants a whole number from ${min} to ${max}`;

const yesOrNo: Check = (value) => (typeof value === 'boolean' ? undefined : 'wants true or false');

function isBroker(value: string): boolean {
  const match = /^[\w.-]+(?::(\d{1,5}))?$/.exec(value);
  return match !== null && (match[1] === undefined || (Number(match[1]) > 0 && Number(match[1]) < 65_536));
}

const isPin = (value: string): boolean => /^D\d{1,2}$/.test(value);
const isPassphrase = (value: string): boolean => value === '' || (bytes(value) >= 8 && bytes(value) <= 64);
const isTopic = (value: string): boolean => short(value) && !/[+#]/.test(value);

const broker: Check = (value) => {
  const all = Array.isArray(value) ? value : [value];
  const right = all.length > 0 && all.every((one) => typeof one === 'string' && isBroker(one));
  return right ? undefined : 'wants HOST or HOST:PORT, or a list of them';
};

const topics: Check = (value) =>
  Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string' && isTopic(one))
    ? undefined
    : 'wants a list of topics without + and #';

const nameRule = `wants 1 to ${NAME_MAX_BYTES} bytes without / + # " \\ and control characters`;

/** The configuration table: one row a setting, in the order of the help and of `--show`. */
export const SETTINGS: readonly Setting[] = [
  {
    key: 'wifi.ssid',
    flags: ['wifi-ssid'],
    kind: 'text',
    value: 'NAME',
    help: 'Wi-Fi network, 2.4 GHz',
    check: text((value) => value.length > 0 && bytes(value) <= SSID_MAX_BYTES, 'wants 1 to 32 bytes'),
  },
  {
    key: 'wifi.password',
    flags: ['wifi-password'],
    kind: 'text',
    value: 'TEXT',
    help: 'its password; "" for an open network',
    secret: true,
    variable: 'LIGHT_WIFI_PASSWORD',
    check: text(isPassphrase, 'wants 8 to 64 bytes, or none for an open network'),
  },
  {
    key: 'broker',
    flags: ['broker'],
    kind: 'texts',
    value: 'HOST[:PORT]',
    help: 'MQTT broker; repeat it for brokers to fall back on',
    check: broker,
  },
  {
    key: 'username',
    flags: ['username'],
    kind: 'text',
    value: 'TEXT',
    help: 'MQTT user name',
    check: text(short, `wants 1 to ${TEXT_MAX_BYTES} bytes`),
  },
  {
    key: 'password',
    flags: ['password'],
    kind: 'text',
    value: 'TEXT',
    help: 'MQTT password',
    secret: true,
    variable: 'LIGHT_MQTT_PASSWORD',
    check: text(short, `wants 1 to ${TEXT_MAX_BYTES} bytes`),
  },
  {
    key: 'topics',
    flags: ['topic'],
    kind: 'texts',
    value: 'TOPIC',
    help: 'command topic shared with other lights; repeatable',
    check: topics,
  },
  {
    key: 'name',
    flags: ['name'],
    kind: 'text',
    value: 'TEXT',
    help: 'this light in its own topics, light/NAME/…; once per --port, in their order',
    check: text(
      (value) => bytes(value) > 0 && bytes(value) <= NAME_MAX_BYTES && !/[/+#"\\\p{Cc}]/u.test(value),
      nameRule,
    ),
  },
  {
    key: 'pin',
    flags: ['pin', 'led-pin'],
    kind: 'text',
    value: 'D5',
    help: 'pin of the LED',
    check: text(isPin, 'wants a pin such as D5'),
  },
  {
    key: 'activeLow',
    flags: ['active-low'],
    kind: 'switch',
    value: '',
    help: 'the LED is on when the pin is low',
    check: yesOrNo,
  },
  {
    key: 'keepAliveS',
    flags: ['keep-alive'],
    kind: 'number',
    value: 'S',
    help: 'seconds between signs of life',
    check: whole(5, 3_600),
  },
  {
    key: 'dimmable',
    flags: ['dimmable'],
    kind: 'switch',
    value: '',
    help: 'the LED can be dimmed',
    check: yesOrNo,
  },
  {
    key: 'button',
    flags: ['button'],
    kind: 'text',
    value: 'D0|none',
    help: 'pin of the push button',
    check: (value) => (value === null || (typeof value === 'string' && isPin(value)) ? undefined : 'wants D0 or none'),
  },
  {
    key: 'powerOn',
    flags: ['power-on'],
    kind: 'text',
    value: 'off|on|last',
    help: 'what the light does when power comes',
    check: text((value) => ['off', 'on', 'last'].includes(value), 'wants off, on or last'),
  },
  {
    key: 'homeAssistant',
    flags: ['home-assistant'],
    kind: 'switch',
    value: '',
    help: 'announce the light to Home Assistant',
    check: yesOrNo,
  },
  {
    key: 'watchdogS',
    flags: ['watchdog'],
    kind: 'number',
    value: 'S',
    help: 'seconds after which a hung interpreter restarts; 0 for never',
    check: (value) => (value === 0 ? undefined : whole(60, 3_600)(value) && 'wants 0, or 60 to 3600'),
  },
];

/** The table's flags, as `parseArgs` of `node:util` wants them. */
export function settingFlags(): NonNullable<ParseArgsConfig['options']> {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const { flags, kind } of SETTINGS)
    for (const flag of flags)
      options[flag] = kind === 'switch' ? { type: 'boolean' } : { type: 'string', multiple: true };
  return options;
}
