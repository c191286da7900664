// The globals of an ESP32 with Espruino on it: what a program finds besides the language.

import { crc32 } from 'node:zlib';
import { format } from './format.ts';
import type { BoardClock } from './loop.ts';
import type { Events, ListenerMethods } from './events.ts';
import type { Pins } from './pin.ts';
import type { createHardwareRandom, createMathRandom } from './random.ts';
import type { TimerTable } from './timers.ts';
import type { Watchdog } from './watchdog.ts';

/** Variables of an ESP32 build with BLE off (2v27), and what a loaded program leaves of them. */
const TOTAL_VARIABLES = 5886;
const IDLE_VARIABLES = 66;
const VARIABLES_PER_TIMER = 12;
const VARIABLES_PER_SOCKET = 110;

/** RTC_CNTL_RESET_STATE_REG: the last reset's cause in bits 0-5 (technical reference manual, 31.3). */
const RESET_STATE_REGISTER = 0x3ff48034;
/** Bits of that register that have nothing to do with this core's cause. */
const RESET_STATE_OTHERS = 0x3000 | (14 << 6);
const POWER_ON_RESET = 1;
const SW_CPU_RESET = 12;

const PIN_NAMES = Array.from({ length: 40 }, (_, number) => `D${number}`);

/** What the globals are made of. */
export interface ChipOptions {
  clock: BoardClock;
  timers: TimerTable;
  events: Events;
  pins: Pins;
  mathRandom: ReturnType<typeof createMathRandom>;
  hardwareRandom: ReturnType<typeof createHardwareRandom>;
  watchdog: Watchdog;
  identity: { serial: string; boardName: string; version: string };
  modules: ReadonlyMap<string, unknown>;
  openSockets(): number;
  print(line: string): void;
  /** Ends this boot; does not return. */
  reboot(): never;
  wasPoweredOn: boolean;
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
    ESP32: { getState: () => ({ sdkVersion: 'v3.3', freeHeap: 96_000, BLE: false, Wifi: true, minHeap: 90_000 }) },
    getSerial: () => options.identity.serial,
    peek32: (address: number) => peek32(address, options),
    reset: () => options.reboot(),
    load: () => options.reboot(),
    save: () => {},
    ...moduleGlobals(options),
    atob: (text: unknown) => Buffer.from(String(text), 'base64').toString('latin1'),
    btoa: (text: unknown) => Buffer.from(String(text), 'latin1').toString('base64'),
  };
  return { globals, process, E };
}

function peek32(address: number, { hardwareRandom, wasPoweredOn }: ChipOptions): number {
  if (Number(address) === RESET_STATE_REGISTER)
    return RESET_STATE_OTHERS | (wasPoweredOn ? POWER_ON_RESET : SW_CPU_RESET);
  return hardwareRandom.peek32(address);
}

function timerGlobals({ clock, timers }: ChipOptions): Record<string, unknown> {
  let setByS = 0;
  return {
    setTimeout: (callback: () => void, ms: number, ...args: unknown[]) => {
      const id = timers.setTimeout(callback, ms, ...args);
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
    changeInterval: (id: number, ms: number) => {
      timers.changeInterval(id, ms);
      clock.wake();
    },
    getTime: () => clock.nowMs() / 1000 + setByS,
    // Timers that wait are not touched by it.
    setTime: (s: unknown) => void (setByS = Number(s) - clock.nowMs() / 1000),
  };
}

function pinGlobals({ pins, clock }: ChipOptions): Record<string, unknown> {
  const constants = Object.fromEntries(PIN_NAMES.map((name) => [name, pins.pin(name)]));
  return {
    ...constants,
    BTN1: constants['D0'],
    LED1: constants['D2'],
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

function createProcess({ events, timers, openSockets, identity, modules }: ChipOptions) {
  return events.methods({
    env: {
      VERSION: identity.version,
      BOARD: identity.boardName,
      FLASH: 4_194_304,
      STORAGE: 917_504,
      RAM: 524_288,
      SERIAL: identity.serial,
      CONSOLE: 'Serial1',
      MODULES: [...modules.keys()].join(','),
    },
    version: identity.version,
    memory: () => {
      const usage = IDLE_VARIABLES + timers.pending() * VARIABLES_PER_TIMER + openSockets() * VARIABLES_PER_SOCKET;
      return {
        free: TOTAL_VARIABLES - usage,
        usage,
        total: TOTAL_VARIABLES,
        history: 0,
        gc: 0,
        gctime: 2.1,
        blocksize: 14,
      };
    },
  });
}

function createE({ events, mathRandom, watchdog, reboot }: ChipOptions) {
  return events.methods({
    hwRand: mathRandom.hwRand,
    srand: mathRandom.srand,
    enableWatchdog: watchdog.enable,
    kickWatchdog: watchdog.kick,
    reboot,
    CRC32: (bytes: string | number[]) =>
      crc32(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : Buffer.from(bytes)),
    toString: (bytes: string | number[]) => (typeof bytes === 'string' ? bytes : String.fromCharCode(...bytes)),
    getErrorFlags: () => [],
    getTemperature: () => 45,
    setFlags: () => {},
  });
}
