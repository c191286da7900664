// A virtual ESP32: flash, pins and power; the firmware runs in it as it would on the chip, over real TCP unless told otherwise.

import { createAccessPoint } from '../network/accessPoint.ts';
import type { VirtualBoard, BoardOptions, BoardParts, LastWords, Settled } from './boardShape.ts';
import { startBoot, type Boot, type ResetCause } from './boot.ts';
import type { Connection } from '../network/connection.ts';
import { createFaults } from '../network/faults.ts';
import { createPins } from './pin.ts';
import { createStorage } from './storage.ts';
import { connectTcp as realTcp, warmUp } from '../network/tcp.ts';
import { wallTime, type Timer } from '../time/timeSource.ts';
import { createWaiting } from './waiting.ts';

export type { VirtualBoard, BoardOptions, LastWords } from './boardShape.ts';

/** From reset to the first statement of the firmware, in chip milliseconds. */
const BOOT_MS = 300;

/** The reset causes of the ESP32 (technical reference manual, 31.3): a panic and the task watchdog restart by software. */
const RESET_CODES: Record<ResetCause, number> = { power: 1, reboot: 12, crash: 12, watchdog: 12 };

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
    time = wallTime,
    connectTcp = realTcp,
    hardwareSeed = seedOf(serial),
    wifi = {},
    extraModules = {},
    missingModules = [],
    connectLimitMs,
    hangLimitMs,
    totalVariables,
  } = options;
  return {
    serial,
    boardName,
    version,
    speed,
    time,
    connectTcp,
    hardwareSeed,
    wifi,
    extraModules,
    missingModules,
    ...{ connectLimitMs, hangLimitMs, totalVariables },
  };
}

/** Creates a board without power. */
export function createVirtualBoard(options: BoardOptions = {}): VirtualBoard {
  const number = (boardsMade += 1);
  const settled = settle(options, number);
  const { time } = settled;
  const createdMs = time.nowMs();
  const labMs = (): number => (time.nowMs() - createdMs) * settled.speed;
  let bootedAtMs = 0;
  const parts: BoardParts = {
    options: settled,
    storage: options.storage ?? createStorage(),
    faults: createFaults({ speed: settled.speed, time }),
    hosts: options.hosts ?? new Map(),
    accessPoint: options.accessPoint ?? createAccessPoint(),
    mac: settled.serial.replace('-', '').replace(/..(?=.)/g, '$&:'),
    ip: options.ip ?? `192.168.1.${20 + (number % 200)}`,
    bootedAtMs: () => bootedAtMs,
  };
  if (options.firmware !== undefined) parts.storage.install('.bootcde', options.firmware);
  if (options.config !== undefined) parts.storage.install('light.json', JSON.stringify(options.config));

  const lines: string[] = [];
  const resets: VirtualBoard['resets'] = [];
  const resetCodes = { ...RESET_CODES };
  const ghosts = new Set<Connection>();
  const faultsOfNextBoot: ((running: Boot) => void)[] = [];
  const waiting = createWaiting(settled.serial, lines);
  let boot: Boot | undefined;
  let starting: Timer | undefined;
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
    starting = time.setTimeout(() => {
      bootedAtMs = labMs();
      const onReset = (reason: ResetCause): void => restart(reason);
      boot = startBoot({ parts, pins, resetCode: resetCodes[cause], print, onReset, onTurn: waiting.check });
      for (const ghost of ghosts) ghost.awaken();
      for (const fault of faultsOfNextBoot.splice(0)) fault(boot);
      boot.start();
    }, BOOT_MS / settled.speed);
  }

  /** A fault of the boot that runs, or else of the next. */
  function onceBooted(fault: (running: Boot) => void): void {
    if (boot) fault(boot);
    else faultsOfNextBoot.push(fault);
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
    time.clearTimeout(starting);
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
      if (settled.connectTcp === realTcp) warmUp();
      start('power');
    },
    powerOff,
    reset() {
      if (!isOn) return;
      time.clearTimeout(starting);
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
    global: () => boot?.global() ?? {},
    resetCodes,
    race: (nth = 1) => onceBooted((running) => running.race(nth)),
    cutOff: (nth = 1, calls = 1) => onceBooted((running) => running.cutOff(nth, calls)),
    becomeZombie: () => boot?.becomeZombie(),
    setClock: (seconds) => boot?.setClock(seconds),
    dispose() {
      powerOff('reset');
      for (const ghost of ghosts) ghost.destroy();
      ghosts.clear();
    },
  };
}
