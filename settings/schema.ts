// The settings of a light, one row each. The chip has its own checks (src/config.ts); test/settings/ compares both.

/** The contents of `light.json`. An absent key means the firmware's default. */
export interface Settings {
  /** Null for none, even if the build has one. */
  wifi?: { ssid?: string; password?: string } | null;
  broker?: string | string[];
  username?: string;
  password?: string;
  topics?: string | string[];
  name?: string;
  pin?: string;
  activeLow?: boolean;
  keepAliveS?: number;
  dimmable?: boolean;
  button?: string | null;
  powerOn?: string;
  homeAssistant?: boolean;
  watchdogS?: number;
  spreadS?: number;
}

/** The values that a setting accepts. */
interface Rule {
  /** `texts` is a repeatable flag; `switch` also has a `--no-…` form. */
  kind: 'text' | 'texts' | 'number' | 'switch';
  /** Completes the message `key wants …`. */
  wants: string;
  /** The only values, where they are few. */
  choices?: readonly string[];
  isRight(value: unknown): boolean;
}

/** One row of the table. */
export interface Setting extends Rule {
  /** Path in `light.json`: `wifi.ssid` is `{"wifi":{"ssid":…}}`. */
  key: string;
  /** Command line flags without the dashes; the first is the one that help shows. */
  flags: string[];
  /** Placeholder of the value in the help; empty for switches. */
  value: string;
  /** The firmware's default. */
  fallback: unknown;
  help: string;
  /** Environment variable that may hold it instead of the flag; only secrets have one. */
  variable?: string | undefined;
}

/** Control characters, and lone surrogates, which are no UTF-8. */
export const NOT_TEXT = /[\0-\x1f\x7f]|\p{Cs}/u;

/** GPIOs for a lamp or a button. The others belong to the flash chip, do not exist, or are inputs without a pull-up. */
const GPIOS: Record<string, [first: number, last: number][]> = {
  ESP32: [[0, 5], [12, 23], [25, 27], [32, 33]], // prettier-ignore
  ESP32C3: [[0, 10], [18, 21]], // prettier-ignore
  ESP32S3: [[0, 21], [33, 48]], // prettier-ignore
};

const utf8 = new TextEncoder(); // there in browsers as well

function isText(value: unknown, max: number, min = 1): value is string {
  if (typeof value !== 'string' || NOT_TEXT.test(value)) return false;
  const { length } = utf8.encode(value);
  return length >= min && length <= max;
}

const text = (max: number): Rule => ({
  kind: 'text',
  wants: `1 to ${max} bytes`,
  isRight: (value) => isText(value, max),
});

/** 802.11 allows 32 bytes, but Espruino cuts after 31. */
const ssid = text(31);

const wifiPassword: Rule = {
  kind: 'text',
  wants: '8 to 63 bytes, or "" for an open network',
  isRight: (value) => value === '' || isText(value, 63, 8),
};

const list = (max: number, wants: string, isItem: (value: unknown) => boolean): Rule => ({
  kind: 'texts',
  wants: `${wants}, or a list of up to ${max} different ones`,
  isRight: (value) => {
    const items = Array.isArray(value) ? value : [value];
    return items.length > 0 && items.length <= max && new Set(items).size === items.length && items.every(isItem);
  },
});

/** At most eight: dead brokers block the chip, eight of them for two and a half minutes a round. */
const brokers = list(8, 'HOST or HOST:PORT', (value) => {
  const match = isText(value, 128) ? /^[\w.-]+(?::([1-9]\d{0,4}))?$/.exec(value) : null;
  return match !== null && Number(match[1] ?? 1) < 65_536;
});

/** At most 16 (rooms, floors, the house): SUBSCRIBE, its reply and the chip's RAM have room for more. */
const topics = list(16, '1 to 128 bytes without + and #', (value) => isText(value, 128) && !/[+#]/.test(value));

const name: Rule = {
  kind: 'text',
  wants: '1 to 32 bytes without space / + # " \\',
  isRight: (value) => isText(value, 32) && !/[ /+#"\\]/.test(value),
};

const isPin = (value: unknown): boolean => typeof value === 'string' && /^D([1-3]?\d|4[0-8])$/.test(value);
const pin: Rule = { kind: 'text', wants: 'a pin such as D5', isRight: isPin };
const pinOrNone: Rule = {
  kind: 'text',
  wants: 'a pin such as D0, or none (in a file: null)',
  isRight: (value) => value === null || isPin(value),
};

const OFF_ON_LAST = ['off', 'on', 'last'];
const offOnLast: Rule = {
  kind: 'text',
  wants: 'off, on or last',
  choices: OFF_ON_LAST,
  isRight: (value) => OFF_ON_LAST.includes(value as string),
};

const yesOrNo: Rule = { kind: 'switch', wants: 'true or false', isRight: (value) => typeof value === 'boolean' };

const seconds = (min: number, or = ''): Rule => ({
  kind: 'number',
  wants: `${or}a whole number from ${min} to 3600`,
  isRight: (value) =>
    (value === 0 && or !== '') || (Number.isInteger(value) && Number(value) >= min && Number(value) <= 3600),
});

/** Makes a row of the table. @param flags as in the help: `--pin, --led-pin D5` */
function row(key: string, flags: string, rule: Rule, fallback: unknown, help: string, variable?: string): Setting {
  const words = flags.split(/,? /);
  const isFlag = (word: string) => word.startsWith('--');
  return {
    ...rule,
    key,
    flags: words.filter(isFlag).map((flag) => flag.slice(2)),
    value: words.find((word) => !isFlag(word)) ?? '',
    fallback,
    help,
    variable,
  };
}

/** The command topic of a light without settings. */
export const DEFAULT_TOPIC = 'home/bedroom/light';

/** The table of settings, in the order of the help and of `--show`: key, flag, rule, default, words. */
// prettier-ignore
export const SETTINGS: readonly Setting[] = [
  row('wifi.ssid', '--wifi-ssid NAME', ssid, undefined, 'Wi-Fi network, 2.4 GHz'),
  row('wifi.password', '--wifi-password TEXT', wifiPassword, undefined, 'its password; "" for an open network', 'LIGHT_WIFI_PASSWORD'),
  row('broker', '--broker HOST[:PORT]', brokers, undefined, 'MQTT broker; repeatable: the next is tried when one fails'),
  row('username', '--username TEXT', text(128), undefined, 'MQTT user name'),
  row('password', '--password TEXT', text(128), undefined, 'MQTT password; sent only with a user name', 'LIGHT_MQTT_PASSWORD'),
  row('topics', '--topic TOPIC', topics, [DEFAULT_TOPIC], 'command topic shared with other lights (room, floor, house); repeatable'),
  row('name', '--name TEXT', name, 'light-<serial>', 'this light in its own topics, light/NAME/…; unique for each light'),
  row('pin', '--pin, --led-pin D5', pin, 'D5', 'pin of the lamp'),
  row('activeLow', '--active-low', yesOrNo, false, 'the lamp is on when the pin is low'),
  row('dimmable', '--dimmable', yesOrNo, true, 'the lamp can be dimmed; no for a relay: never PWM'),
  row('button', '--button D0|none', pinOrNone, 'D0', 'pin of a push button to ground (D0: BOOT): toggles; 10 s forget the Wi-Fi'),
  row('powerOn', '--power-on off|on|last', offOnLast, 'off', 'the lamp when power returns; last: a flash write 5 s after a change'),
  row('homeAssistant', '--home-assistant', yesOrNo, false, 'announce the light and its sensors to Home Assistant'),
  row('keepAliveS', '--keep-alive S', seconds(5), 30, 'a dead link is noticed within as many seconds'),
  row('watchdogS', '--watchdog S', seconds(60, '0, or '), 120, 'seconds after which a hung interpreter restarts; 0 for never'),
  row('spreadS', '--spread S', seconds(1), 1, 'a large fleet: its lights come back to their brokers over so many seconds'),
];

/**
 * Says what is wrong with the pins together, and on a board, one line each.
 * @param board `process.env.BOARD`, where it is known; chips have different pins
 */
export function pinComplaints({ pin = 'D5', button = 'D0' }: Settings, board?: string): string[] {
  if (pin === button) return [`pin and button are both ${pin}: choose another pin, or no button (--button none)`];
  if (board === undefined) return [];
  const ranges = GPIOS[board.split('_')[0] ?? ''] ?? GPIOS.ESP32 ?? []; // such as ESP32C3_IDF4
  return Object.entries({ pin, button }).flatMap(([key, name]) => {
    const gpio = Number(name?.slice(1) ?? 0);
    if (ranges.some(([first, last]) => gpio >= first && gpio <= last)) return [];
    const usable = ranges.map(([first, last]) => `D${first}-D${last}`).join(', ');
    return [
      `${key} wants one of ${usable} on ${board}; the others are taken by its flash, or inputs without a pull-up`,
    ];
  });
}
