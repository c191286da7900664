// The settings: defaults, overridden by the build's, overridden by the device's. Each bad value is logged in one line.
import { FlashFile, Mark } from './files.ts';
import type { Board } from './board.ts';
import type { Broker } from './session.ts';
import type { Write } from './store.ts';

const DEFAULT_PORT = '1883';
/** MQTT allows 65,535; the chip's RAM does not. */
const TEXT_BYTES = 128;
/** Espruino cuts longer ones, though 802.11 allows a byte more. */
const SSID_BYTES = 31;
const PASSWORD_BYTES = 63;
/** A dead broker blocks the chip for up to 18 s: a round of eight takes two and a half minutes. */
const MOST_BROKERS = 8;
/** Keeps SUBSCRIBE far below the 8 KB that may wait unsent, and SUBACK below 64 bytes. */
const MOST_TOPICS = 16;

/** The settings, in the shape of `light.json`; strings are UTF-8 bytes. */
export interface Settings {
  wifi: { ssid?: string; password?: string };
  /** 1-8, in order of preference; written `"host"`, `"host:port"` or a list of these. */
  broker: Broker[];
  username?: string;
  password?: string;
  /** Shared command topics, 1-16. */
  topics: string[];
  /** Names this node in its own topics: 1-32 bytes without space, `/`, `+`, `#`, `"` and `\\`. */
  name: string;
  /** The pin the lamp hangs on. */
  pin: string;
  /** True where a low level lights the lamp. */
  activeLow: boolean;
  /** False for a relay: never PWM. */
  dimmable: boolean;
  /** The pin of a push button to ground; null for none. */
  button: string | null;
  /** The lamp when power returns. */
  powerOn: 'off' | 'on' | 'last';
  /** Announces the light to Home Assistant. */
  homeAssistant: boolean;
  /** Seconds, 5-3600. */
  keepAliveS: number;
  /** Seconds without progress until the chip restarts, 60-3600 (DNS and SYN block for less); 0 for never. */
  watchdogS: number;
  /** Seconds over which a fleet comes back to its broker, 1-3600. */
  spreadS: number;
}

/** For each key: turns a value into a setting, or undefined when it is wrong. */
export type Rules = Record<string, (value: unknown) => unknown>;

export function createRules(board: Pick<Board, 'kind' | 'pin'>, bytes: (text: string) => string): Rules {
  /** Gives the bytes of a text of 1 to `max` bytes without control characters and `refused` ones; else undefined. */
  function text(value: unknown, max: number, refused: string): string | undefined {
    const given = typeof value === 'string' ? bytes(value) : '';
    const isRight =
      given.length <= max &&
      given.split('').every(function (char) {
        return char >= ' ' && char !== '\x7f' && refused.indexOf(char) < 0;
      });
    return given && isRight ? given : undefined;
  }

  function login(value: unknown): string | undefined {
    return text(value, TEXT_BYTES, '');
  }

  /** A topic to subscribe to literally [MQTT-4.7.1-1]. */
  function topic(value: unknown): string | undefined {
    return text(value, TEXT_BYTES, '+#');
  }

  function flag(value: unknown): boolean | undefined {
    return typeof value === 'boolean' ? value : undefined;
  }

  /** Refuses the flash chip's pins, missing pins, and inputs without a pull-up. */
  function isUsable(gpio: number): boolean {
    const chip = board.kind.split('_')[0]; // such as ESP32C3_IDF4
    if (chip === 'ESP32C3') return gpio < 11 || gpio > 17;
    if (chip === 'ESP32S3') return gpio < 22 || gpio > 32;
    return gpio < 6 || (gpio > 11 && gpio < 28 && gpio !== 24) || gpio === 32 || gpio === 33;
  }

  function pin(value: unknown): string | undefined {
    const gpio = typeof value === 'string' ? parseInt(value.substr(1), 10) : -1;
    return value === 'D' + gpio && isUsable(gpio) && board.pin(value) !== undefined ? value : undefined;
  }

  /** Whole seconds from `min` to an hour. */
  function seconds(value: unknown, min: number): number | undefined {
    const isWhole = typeof value === 'number' && value === Math.floor(value);
    return isWhole && value >= min && value <= 3600 ? value : undefined;
  }

  /** The 1 to `max` items of a list, or of a value that stands for a list of one; undefined when one is wrong or doubled. */
  function list<T>(value: unknown, max: number, item: (value: unknown) => T | undefined): T[] | undefined {
    const given: unknown[] = Array.isArray(value) ? value : [value];
    const items = given.map(function (each, index) {
      return given.indexOf(each) === index ? item(each) : undefined;
    });
    return items.length && items.length <= max && items.indexOf(undefined) < 0 ? (items as T[]) : undefined;
  }

  function broker(value: unknown): Broker | undefined {
    const parts = (text(value, TEXT_BYTES, '') || '').split(':');
    const host = parts[0]!;
    const digits = parts.length > 1 ? parts[1]! : DEFAULT_PORT;
    const port = parseInt(digits, 10);
    const isPort = '' + port === digits && port > 0 && port < 65536;
    // a regular expression would leave seven variables on the chip
    const isHost = host.split('').every(function (char) {
      return 'abcdefghijklmnopqrstuvwxyz0123456789._-'.indexOf(char.toLowerCase()) >= 0;
    });
    return host && isHost && isPort && parts.length < 3 ? { host: host, port: port } : undefined;
  }

  /** Null stands for a forgotten Wi-Fi and also overrides the build's. */
  function wifi(value: unknown): Settings['wifi'] | undefined {
    if (value === null) return {};
    const given = (value || {}) as { ssid?: unknown; password?: unknown };
    const ssid = text(given.ssid, SSID_BYTES, '');
    if (!ssid) return undefined;
    const isOpen = given.password === undefined || given.password === '';
    const password = isOpen ? '' : text(given.password, PASSWORD_BYTES, '');
    const isStranger = Object.keys(given).some(function (key) {
      return key !== 'ssid' && key !== 'password';
    });
    if (isStranger || password === undefined || (!isOpen && password.length < 8)) return undefined;
    return { ssid: ssid, password: password };
  }

  return {
    wifi: wifi,
    broker: function (value) {
      return list(value, MOST_BROKERS, broker);
    },
    username: login,
    password: login,
    topics: function (value) {
      return list(value, MOST_TOPICS, topic);
    },
    name: function (value) {
      return text(value, 32, ' /+#"\\');
    },
    pin: pin,
    activeLow: flag,
    dimmable: flag,
    button: function (value) {
      return value === null ? null : pin(value);
    },
    powerOn: function (value) {
      return ['off', 'on', 'last'].indexOf(value as string) < 0 ? undefined : value;
    },
    homeAssistant: flag,
    keepAliveS: function (value) {
      return seconds(value, 5);
    },
    watchdogS: function (value) {
      return value === 0 ? 0 : seconds(value, 60);
    },
    spreadS: function (value) {
      return seconds(value, 1);
    },
  };
}

/**
 * Reads the settings. A wrong one keeps its default and is logged by name, without its value, which may be a secret.
 * @param build what the build carries, in the shape of `light.json`
 * @param bytes turns a text into its UTF-8 bytes, where the interpreter has Unicode strings
 */
export function createSettings(
  board: Pick<Board, 'serial' | 'kind' | 'storage' | 'log' | 'pin' | 'boot'>,
  build: unknown,
  bytes: (text: string) => string,
): Settings {
  const settings: Settings = {
    wifi: {},
    broker: [],
    topics: ['home/bedroom/light'],
    name: 'light-' + board.serial.split('-').join(''),
    pin: 'D5',
    activeLow: false,
    dimmable: true,
    button: 'D0',
    powerOn: 'off',
    homeAssistant: false,
    keepAliveS: 30,
    watchdogS: 120,
    spreadS: 1,
  };

  const rules = createRules(board, bytes);

  function apply(source: unknown, from: string): void {
    if (!source || typeof source !== 'object' || Array.isArray(source))
      return board.log(from + ': not a JSON object, ignored');
    Object.keys(source).forEach(function (key) {
      const rule = Object.keys(rules).indexOf(key) < 0 ? undefined : rules[key]; // every object has inherited members
      const value = rule && rule((source as Record<string, unknown>)[key]);
      if (value !== undefined) (settings as unknown as Record<string, unknown>)[key] = value;
      else board.log(from + ': ' + (rule ? 'bad value for "' : 'unknown setting "') + key + '", ignored');
    });
  }

  apply(build, 'build');
  const isTrial =
    board.storage.read(FlashFile.TRIAL) !== undefined &&
    ((board.boot || '').toLowerCase()[1] === Mark.SETTINGS_TRIAL || !board.storage.readJSON(FlashFile.SETTINGS, true));
  const file = isTrial ? FlashFile.TRIAL : FlashFile.SETTINGS;
  if (board.storage.read(file) !== undefined) apply(board.storage.readJSON(file, true), file);
  if (settings.pin === settings.button) {
    board.log('"pin" and "button" are both ' + settings.pin + ': no button');
    settings.button = null;
  }
  return settings;
}

/** Forgets the Wi-Fi for good, the build's as well; a full flash keeps it. */
export function forgetWifi(board: Pick<Board, 'storage' | 'log'>, write: Write): void {
  let not = 'not ';
  try {
    const device = (board.storage.readJSON(FlashFile.SETTINGS, true) || {}) as { wifi?: unknown };
    device.wifi = null;
    const text = JSON.stringify(device);
    if (write(FlashFile.SETTINGS, text, 0, text.length)) not = '';
  } catch {
    // the file holds no object
  }
  board.log('wifi settings ' + not + 'forgotten');
}
