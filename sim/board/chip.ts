// The globals of an ESP32 with Espruino on it: everything that a program finds besides the language.

import { crc32 } from 'node:zlib';
import { format } from './format.ts';
import type { BoardClock } from './boardClock.ts';
import type { Events, ListenerMethods } from './events.ts';
import type { Memory } from './memory.ts';
import type { Pins } from './pins.ts';
import type { createHardwareRandom, createMathRandom } from './random.ts';
import type { TimerTable } from './timers.ts';
import type { Uart } from './uart.ts';
import type { Watchdog } from './watchdog.ts';

/** RTC_CNTL_RESET_STATE_REG: the last reset's cause in bits 0-5 (technical reference manual, 31.3). */
const RESET_STATE_REGISTER = 0x3ff48034;
/** Bits of that register that have nothing to do with this core's cause. */
const RESET_STATE_OTHERS = 0x3000 | (14 << 6);

/** What `process.env` says of the build. */
export const BOARD_NAME = 'ESP32';
const VERSION = '2v27';

/** The program of the boot. */
export const BOOT_PROGRAM = '.bootcde';

/** The names of the pins among the globals, and what else the board calls two of them. */
const PIN_NAMES = Object.fromEntries(Array.from({ length: 40 }, (_, number) => [`D${number}`, `D${number}`]));
Object.assign(PIN_NAMES, { BTN1: 'D0', LED1: 'D2' });

/** What the globals are made of. */
interface ChipOptions {
  clock: BoardClock;
  timers: TimerTable;
  events: Events;
  pins: Pins;
  mathRandom: ReturnType<typeof createMathRandom>;
  hardwareRandom: ReturnType<typeof createHardwareRandom>;
  watchdog: Watchdog;
  uart: Uart;
  serial: string;
  modules: ReadonlyMap<string, unknown>;
  memory: Memory;
  print(line: string): void;
  setFlags(flags: object): void;
  getFlags(): object;
  /** A timer's text becomes a callback. */
  toCallback(text: string): () => void;
  /** Ends this boot; does not return. */
  reboot(): never;
  /** Starts the program of a file, or none, as soon as the interpreter is idle. */
  load(program: string | undefined): void;
  takeErrorFlags(): string[];
  /** The cause of the last reset, as the chip numbers it. */
  resetCode: number;
}

/** Creates the globals of one boot, apart from those of the language. */
export function createChip(options: ChipOptions): {
  globals: Record<string, unknown>;
  process: ListenerMethods;
  E: ListenerMethods;
} {
  const process = createProcess(options);
  const E = createE(options);
  const print = (...values: unknown[]): void => options.print(values.map(format).join(' '));
  const globals = {
    ...timerGlobals(options),
    ...pinGlobals(options),
    print,
    console: { log: print, debug: print, info: print, warn: print, error: print, trace: () => {} },
    process,
    E,
    Serial1: options.uart.serial,
    ESP32: { getState: () => ({ sdkVersion: 'v3.3', freeHeap: 96_000, BLE: false, Wifi: true, minHeap: 90_000 }) },
    getSerial: () => options.serial,
    peek32: (address: number) => peek32(address, options),
    reset: () => options.load(undefined),
    load: (file?: unknown) => options.load(file === undefined ? BOOT_PROGRAM : String(file)),
    save: () => {},
    ...moduleGlobals(options),
    atob: (text: unknown) => Buffer.from(String(text), 'base64').toString('latin1'),
    btoa: (text: unknown) => Buffer.from(String(text), 'latin1').toString('base64'),
  };
  return { globals, process, E };
}

function peek32(address: number, { hardwareRandom, resetCode }: ChipOptions): number {
  if (Number(address) === RESET_STATE_REGISTER) return RESET_STATE_OTHERS | resetCode;
  return hardwareRandom.peek32(address);
}

function timerGlobals({ clock, timers, toCallback }: ChipOptions): Record<string, unknown> {
  return {
    setTimeout: (callback: (() => void) | string, ms: number, ...args: unknown[]) => {
      const id = timers.setTimeout(typeof callback === 'string' ? toCallback(callback) : callback, ms, ...args);
      clock.wake();
      return id;
    },
    setInterval: (callback: () => void, ms: number, ...args: unknown[]) => {
      const id = timers.setInterval(callback, ms, ...args);
      clock.wake();
      return id;
    },
    clearTimeout: (...ids: unknown[]) => timers.clear('Timeout', ids),
    clearInterval: (...ids: unknown[]) => timers.clear('Interval', ids),
    getTime: clock.getTime,
    setTime: (seconds: unknown) => void clock.setTime(Number(seconds)),
  };
}

function pinGlobals({ pins, clock }: ChipOptions): Record<string, unknown> {
  return {
    // `new Pin('D99')` gives an object without methods: what `new` makes of undefined.
    Pin: function (name: unknown) {
      return pins.toPin(name);
    },
    digitalWrite: pins.digitalWrite,
    digitalRead: pins.digitalRead,
    analogWrite: pins.analogWrite,
    pinMode: pins.pinMode,
    setWatch: (callback: () => void, pin: unknown, options?: object | boolean) => {
      const id = pins.setWatch(callback, pin, options);
      clock.wake();
      return id;
    },
    clearWatch: pins.clearWatch,
  };
}

/** Names the pins in the global object; each is made when it is first asked for. */
export function namePins(global: object, pins: Pins): void {
  for (const [name, pin] of Object.entries(PIN_NAMES))
    Object.defineProperty(global, name, {
      ...{ configurable: true, enumerable: true },
      get: () => pins.pin(pin),
      set: (value: unknown) =>
        void Object.defineProperty(global, name, { value, writable: true, configurable: true, enumerable: true }),
    });
}

function moduleGlobals({ modules }: ChipOptions): Record<string, unknown> {
  const cached = new Map(modules);
  return {
    require(name: unknown): unknown {
      if (!cached.has(String(name))) throw new Error(`Module "${String(name)}" not found`);
      return cached.get(String(name));
    },
    Modules: {
      getCached: () => [...cached.keys()],
      removeCached: (name: unknown) => void cached.delete(String(name)),
      removeAllCached: () => cached.clear(),
      addCached(name: unknown, make: unknown): void {
        const exports = {};
        if (typeof make === 'function') make.call(exports, exports);
        cached.set(String(name), exports);
      },
    },
  };
}

function createProcess({ events, memory, serial, modules }: ChipOptions) {
  return events.methods({
    env: {
      VERSION,
      BOARD: BOARD_NAME,
      FLASH: 4_194_304,
      STORAGE: 917_504,
      RAM: 524_288,
      SERIAL: serial,
      CONSOLE: 'Serial1',
      MODULES: [...modules.keys()].join(','),
    },
    version: VERSION,
    memory: () => ({
      free: memory.free(),
      usage: memory.total - memory.free(),
      total: memory.total,
      history: 0,
      gc: 0,
      gctime: 2.1,
      blocksize: 14,
    }),
  });
}

function createE({ events, mathRandom, watchdog, reboot, takeErrorFlags, uart, setFlags, getFlags }: ChipOptions) {
  return events.methods({
    ...{ setConsole: uart.setConsole, getConsole: uart.getConsole },
    hwRand: mathRandom.hwRand,
    srand: mathRandom.srand,
    enableWatchdog: watchdog.enable,
    kickWatchdog: () => watchdog.kick(),
    reboot,
    CRC32: (bytes: string | number[]) =>
      crc32(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes)),
    toString: (bytes: string | number[]) => (typeof bytes === 'string' ? bytes : String.fromCharCode(...bytes)),
    getErrorFlags: takeErrorFlags,
    ...{ setFlags, getFlags },
  });
}
