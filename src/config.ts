// Typed settings: the defaults, then the build's, then the device's; validated, with a line for each bad value.
import type { Board } from './ports.ts';
import type { Broker } from './session.ts';

const enum Config {
  FILE = 'light.json',
  DEFAULT_PORT = 1883,
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
  /** Names this node in its own topics, 1-32 chars. */
  name: string;
  /** The pin the lamp hangs on. */
  pin: string;
  /** True where a low level lights the lamp. */
  activeLow: boolean;
  /** Seconds, 5-3600. */
  keepAliveS: number;
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
    keepAliveS: 30,
  };

  /** The text's bytes, or undefined where it is not a text of 1 to `max` bytes. */
  function text(value: unknown, max: number): string | undefined {
    const given = typeof value === 'string' ? bytes(value) : '';
    return given && given.length <= max ? given : undefined;
  }

  function has(name: string, chars: string): boolean {
    return name.split('').some(function (char) {
      return chars.indexOf(char) >= 0;
    });
  }

  /** A topic to publish or subscribe to literally [MQTT-4.7.1-1]. */
  function topic(value: unknown, max: number): string | undefined {
    const name = text(value, max);
    return name && !has(name, '+#\0') ? name : undefined;
  }

  function flag(value: unknown): boolean | undefined {
    return typeof value === 'boolean' ? value : undefined;
  }

  /** Every item of a list, or of a value that stands for a list of one; undefined when one of them is wrong. */
  function list<T>(value: unknown, item: (value: unknown) => T | undefined): T[] | undefined {
    const items = (Array.isArray(value) ? value : [value]).map(item);
    return items.length && items.indexOf(undefined) < 0 ? (items as T[]) : undefined;
  }

  function broker(value: unknown): Broker | undefined {
    const parts = (text(value, 128) || '').split(':');
    const port = parts.length > 1 ? parseInt(parts[1]!, 10) : Config.DEFAULT_PORT;
    const isGood = parts.length < 3 && !!parts[0] && !has(parts[0], ' /#@') && port > 0 && port < 65536;
    return isGood ? { host: parts[0]!, port: port } : undefined;
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
      return name && name.indexOf('/') < 0 ? name : undefined;
    },
    pin: function (value) {
      return typeof value === 'string' && board.pin(value) !== undefined ? value : undefined;
    },
    activeLow: flag,
    keepAliveS: function (value) {
      return typeof value === 'number' && value >= 5 && value <= 3600 ? Math.floor(value) : undefined;
    },
  };

  function apply(source: unknown, from: string): void {
    if (!source || typeof source !== 'object' || Array.isArray(source)) {
      return board.log(from + ': not a JSON object, ignored');
    }
    Object.keys(source).forEach(function (key) {
      const rule = rules[key];
      const value = rule && rule((source as Record<string, unknown>)[key]);
      if (value !== undefined) (settings as unknown as Record<string, unknown>)[key] = value;
      else board.log(from + ': ' + (rule ? 'bad value for "' : 'unknown setting "') + key + '", ignored');
    });
  }

  apply(build, 'build');
  if (board.storage.read(Config.FILE) !== undefined) apply(board.storage.readJSON(Config.FILE, true), Config.FILE);
  return settings;
}
