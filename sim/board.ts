// A virtual ESP32: flash, pins and power; the firmware runs in it as it would on the chip, over real TCP.

import { createAccessPoint, type AccessPoint } from './accessPoint.ts';
import { startBoot, type Boot, type ResetCause } from './boot.ts';
import type { Connection } from './connection.ts';
import { createFaults, type Faults } from './faults.ts';
import { createPins, type PinProbe } from './pin.ts';
import { steadyMs } from './steady.ts';
import { createStorage, type VirtualStorage } from './storage.ts';
import { warmUp } from './tcp.ts';
import { createWaiting, type Awaited } from './waiting.ts';

/** From reset to the first statement of the firmware, in chip milliseconds. */
const BOOT_MS = 300;

/** How a dying chip leaves its TCP connections: without a word, as a real one, or kinder. */
export type LastWords = 'silent' | 'fin' | 'reset';

/** Options of a board; every one has a default. */
export interface BoardOptions {
  /** The text of dist/firmware.js; goes to `.bootcde`. Without it the flash boots what it holds. */
  firmware?: string;
  /** Written to `light.json`. */
  config?: object;
  /** The chip's MAC address as `getSerial` gives it: `aabbccdd-eeff`. */
  serial?: string;
  boardName?: string;
  version?: string;
  /** The flash; a new one by default. */
  storage?: VirtualStorage;
  /** Chip milliseconds per wall millisecond. */
  speed?: number;
  accessPoint?: AccessPoint;
  /** Names, addresses or `host:port` to `127.0.0.1:1884`, 'blackhole', 'unknown' or 'refused'; may be changed while the board runs. */
  hosts?: Map<string, string>;
  ip?: string;
  /** Of this chip's noise; from the serial by default. */
  hardwareSeed?: number;
  wifi?: { noticesLoss?: boolean; callsBackOnFailure?: boolean };
  /** How long an unanswered connect blocks, in chip milliseconds. */
  connectLimitMs?: number;
  /** Wall milliseconds after which a callback that does not return counts as hung; without it a hung program hangs the test. */
  hangLimitMs?: number;
  extraModules?: Record<string, unknown>;
  /** Modules that this build lacks, such as TelnetServer. */
  missingModules?: string[];
  onLine?: (line: string) => void;
}

type Settled = Required<
  Pick<
    BoardOptions,
    'serial' | 'boardName' | 'version' | 'speed' | 'hardwareSeed' | 'wifi' | 'extraModules' | 'missingModules'
  >
> &
  Pick<BoardOptions, 'connectLimitMs' | 'hangLimitMs'>;

/** What of a board outlives a boot. */
export interface BoardParts {
  options: Settled;
  storage: VirtualStorage;
  faults: Faults;
  hosts: Map<string, string>;
  accessPoint: AccessPoint;
  mac: string;
  ip: string;
  /** Board time of this boot's start. */
  bootedAtMs(): number;
}

/** A virtual ESP32. */
export interface Board {
  readonly serial: string;
  readonly storage: VirtualStorage;
  /** The line between this board's sockets and the network. */
  readonly faults: Faults;
  readonly hosts: Map<string, string>;
  readonly accessPoint: AccessPoint;
  /** Every line of the serial console since the board was made. */
  readonly console: string[];
  /** Every reset that the chip made itself, and every power-on. */
  readonly resets: { timeMs: number; cause: ResetCause }[];
  powerOn(): void;
  /** The power goes, at once. By default no peer is told: their end of TCP stays open. */
  powerOff(lastWords?: LastWords): void;
  /** The reset button. */
  reset(): void;
  pin(name: string): PinProbe;
  waitFor(what: Awaited, limitMs?: number): Promise<void>;
  isOn(): boolean;
  /** Chip milliseconds since the board was made, as the firmware sees them. */
  nowMs(): number;
  isTelnetOpen(): boolean;
  pendingTimers(): number;
  openSockets(): number;
  /** Every connect of this boot, failed ones with their exception. */
  attempts(): { host: string; port: number; error?: string }[];
  /** Runs a line as if typed at the prompt. */
  type(text: string): void;
  /** The firmware's global object. */
  global(): Record<string, unknown>;
  /** Ends everything, connections that a dead chip left open too. */
  dispose(): void;
}

let boardsMade = 0;

/** A number from a serial, for what differs from chip to chip. */
const seedOf = (serial: string): number =>
  [...serial].reduce((hash, character) => Math.imul(hash, 31) + character.charCodeAt(0), 7);

function settle(options: BoardOptions, number: number): Settled {
  const {
    serial = `a0b1c2d3-${number.toString(16).padStart(4, '0')}`,
    boardName = 'ESP32',
    version = '2v27',
  } = options;
  const {
    speed = 1,
    hardwareSeed = seedOf(serial),
    wifi = {},
    extraModules = {},
    missingModules = [],
    connectLimitMs,
    hangLimitMs,
  } = options;
  return {
    serial,
    boardName,
    version,
    speed,
    hardwareSeed,
    wifi,
    extraModules,
    missingModules,
    ...{ connectLimitMs, hangLimitMs },
  };
}

/** Creates a board without power. */
export function createBoard(options: BoardOptions = {}): Board {
  const number = (boardsMade += 1);
  const settled = settle(options, number);
  const createdMs = steadyMs();
  const labMs = (): number => (steadyMs() - createdMs) * settled.speed;
  let bootedAtMs = 0;
  const parts: BoardParts = {
    options: settled,
    storage: options.storage ?? createStorage(),
    faults: createFaults({ speed: settled.speed }),
    hosts: options.hosts ?? new Map(),
    accessPoint: options.accessPoint ?? createAccessPoint(),
    mac: settled.serial.replace('-', '').replace(/..(?=.)/g, '$&:'),
    ip: options.ip ?? `192.168.1.${20 + (number % 200)}`,
    bootedAtMs: () => bootedAtMs,
  };
  if (options.firmware !== undefined) parts.storage.install('.bootcde', options.firmware);
  if (options.config !== undefined) parts.storage.install('light.json', JSON.stringify(options.config));

  const lines: string[] = [];
  const resets: Board['resets'] = [];
  const ghosts = new Set<Connection>();
  const waiting = createWaiting(settled.serial, lines);
  let boot: Boot | undefined;
  let starting: NodeJS.Timeout | undefined;
  let isOn = false;

  const nowMs = (): number => (boot ? bootedAtMs + boot.clock.nowMs() : labMs());
  const pins = createPins({ nowMs, worldMs: labMs, isPowered: () => boot !== undefined, wake: () => boot?.wake() });

  function print(line: string): void {
    lines.push(line);
    options.onLine?.(line);
    waiting.check();
  }

  function start(cause: ResetCause): void {
    resets.push({ timeMs: labMs(), cause });
    starting = setTimeout(() => {
      bootedAtMs = labMs();
      const onReset = (reason: ResetCause): void => restart(reason);
      boot = startBoot({ parts, pins, wasPoweredOn: cause === 'power', print, onReset, onTurn: waiting.check });
      for (const ghost of ghosts) ghost.awaken();
      boot.start();
    }, BOOT_MS / settled.speed);
  }

  /** Leaves the chip's connections to their fate. */
  function abandon(connections: Connection[], lastWords: LastWords): void {
    for (const connection of connections) {
      connection.die(lastWords);
      if (lastWords === 'silent') ghosts.add(connection);
    }
  }

  function restart(cause: ResetCause): void {
    abandon(boot?.orphans() ?? [], 'silent');
    boot = undefined;
    print(`rst: ${cause}`);
    start(cause);
  }

  function powerOff(lastWords: LastWords = 'silent'): void {
    isOn = false;
    clearTimeout(starting);
    abandon(boot?.end() ?? [], lastWords);
    boot = undefined;
    waiting.check();
  }

  parts.storage.onPowerCut(() => powerOff());

  return {
    serial: settled.serial,
    storage: parts.storage,
    faults: parts.faults,
    hosts: parts.hosts,
    accessPoint: parts.accessPoint,
    console: lines,
    resets,
    powerOn() {
      if (isOn) return;
      isOn = true;
      warmUp();
      start('power');
    },
    powerOff,
    reset() {
      if (!isOn) return;
      clearTimeout(starting);
      abandon(boot?.end() ?? [], 'silent');
      restart('reboot');
    },
    pin: pins.probe,
    waitFor: waiting.waitFor,
    isOn: () => isOn,
    nowMs,
    isTelnetOpen: () => boot?.isTelnetOpen() ?? false,
    pendingTimers: () => boot?.pendingTimers() ?? 0,
    openSockets: () => boot?.openSockets() ?? 0,
    attempts: () => boot?.attempts ?? [],
    type: (text) => boot?.type(text),
    global: () => boot?.global ?? {},
    dispose() {
      powerOff('reset');
      for (const ghost of ghosts) ghost.destroy();
      ghosts.clear();
    },
  };
}
