// Typed settings: the defaults, then the build's, then the device's; validated, with a line for each bad value.
import type { Board, Storage } from './ports.ts';
import type { Broker } from './session.ts';

const enum Config {
  FILE = 'light.json',
  DEFAULT_PORT = '1883',
  MAX_TOPIC = 128,
}

/** The settings, in the shape of `light.json`; strings are UTF-8 bytes. */
export interface Settings {
  wifi: { ssid?: string; password?: string };
  /** In order of preference; written `"host"`, `"host:port"` or a list of these. */
  broker: Broker[];
  username?: string;
  password?: string;
  /** Shared command topics. */
  topics: string[];
  /** Names this node in its own topics: 1-32 bytes, without `/`, `"` and `\\`. */
  name: string;
  /** The pin the lamp hangs on. */
  pin: string;
  /** True where a low level lights the lamp. */
  activeLow: boolean;
  /** False for a relay: never PWM. */
  dimmable: boolean;
  /** The pin of a push button to ground; null for none. */
  button: string | null;
  /** The lamp when power returns; `last` costs a flash write 5 s after each change. */
  powerOn: 'off' | 'on' | 'last';
  /** Announces the light to Home Assistant. */
  homeAssistant: boolean;
  /** Seconds, 5-3600. */
  keepAliveS: number;
  /** Seconds without a sign of life until the chip restarts, 60-3600 (DNS and SYN block for less); 0 for never. */
  watchdogS: number;
}

/**
 * Reads the settings. What is wrong is named on the log (without its value, which may be a secret) and left at its default.
 * @param build what the build carries, in the shape of `light.json`
 * @param bytes turns a text into its UTF-8 bytes, where the interpreter has Unicode strings
 */
export function loadSettings(
  board: Pick<Board, 'serial' | 'storage' | 'log' | 'pin'>,
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
  };

  /** The text's bytes, or undefined where it is not a text of 1 to `max` bytes. */
  function text(value: unknown, max: number): string | undefined {
    const given = typeof value === 'string' ? bytes(value) : '';
    return given && given.length <= max ? given : undefined;
  }

  /** Whether a name has one of these chars, or a control character. */
  function has(name: string, chars: string): boolean {
    return name.split('').some(function (char) {
      return char < ' ' || chars.indexOf(char) >= 0;
    });
  }

  /** A topic to publish or subscribe to literally [MQTT-4.7.1-1]. */
  function topic(value: unknown, max: number): string | undefined {
    const name = text(value, max);
    return name && !has(name, '+#') ? name : undefined;
  }

  function flag(value: unknown): boolean | undefined {
    return typeof value === 'boolean' ? value : undefined;
  }

  function pin(value: unknown): string | undefined {
    return typeof value === 'string' && board.pin(value) !== undefined ? value : undefined;
  }

  /** Whole seconds from `min` to an hour. */
  function seconds(value: unknown, min: number): number | undefined {
    return typeof value === 'number' && value >= min && value <= 3600 ? Math.floor(value) : undefined;
  }

  /** Every item of a list, or of a value that stands for a list of one; undefined when one of them is wrong. */
  function list<T>(value: unknown, item: (value: unknown) => T | undefined): T[] | undefined {
    const items = (Array.isArray(value) ? value : [value]).map(item);
    return items.length && items.indexOf(undefined) < 0 ? (items as T[]) : undefined;
  }

  function broker(value: unknown): Broker | undefined {
    const parts = (text(value, 128) || '').split(':');
    const digits = parts.length > 1 ? parts[1]! : Config.DEFAULT_PORT;
    const port = parseInt(digits, 10);
    const isPort = '' + port === digits && port > 0 && port < 65536;
    return isPort && parts.length < 3 && parts[0] && !has(parts[0], ' /#@')
      ? { host: parts[0], port: port }
      : undefined;
  }

  function wifi(value: unknown): Settings['wifi'] | undefined {
    const given = (value || {}) as { ssid?: unknown; password?: unknown };
    const ssid = text(given.ssid, 32);
    const password = given.password === undefined || given.password === '' ? '' : text(given.password, 64);
    return ssid && password !== undefined ? { ssid: ssid, password: password } : undefined;
  }

  const rules: Record<string, (value: unknown) => unknown> = {
    wifi: wifi,
    broker: function (value) {
      return list(value, broker);
    },
    username: function (value) {
      return text(value, 128);
    },
    password: function (value) {
      return text(value, 128);
    },
    topics: function (value) {
      return list(value, function (item) {
        return topic(item, Config.MAX_TOPIC);
      });
    },
    name: function (value) {
      const name = topic(value, 32);
      return name && !has(name, '/"\\') ? name : undefined;
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
  };

  function apply(source: unknown, from: string): void {
    if (!source || typeof source !== 'object' || Array.isArray(source)) {
      return board.log(from + ': not a JSON object, ignored');
    }
    Object.keys(source).forEach(function (key) {
      const rule = Object.keys(rules).indexOf(key) < 0 ? undefined : rules[key]; // every object has inherited members
      const value = rule && rule((source as Record<string, unknown>)[key]);
      if (value !== undefined) (settings as unknown as Record<string, unknown>)[key] = value;
      else board.log(from + ': ' + (rule ? 'bad value for "' : 'unknown setting "') + key + '", ignored');
    });
  }

  apply(build, 'build');
  if (board.storage.read(Config.FILE) !== undefined) apply(board.storage.readJSON(Config.FILE, true), Config.FILE);
  return settings;
}

/** Takes the Wi-Fi out of the device's settings. */
export function forgetWifi(storage: Storage): void {
  const device = (storage.readJSON(Config.FILE, true) || {}) as { wifi?: unknown };
  delete device.wifi;
  storage.write(Config.FILE, JSON.stringify(device));
}
