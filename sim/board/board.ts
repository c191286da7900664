// A virtual ESP32: flash, pins and power. The firmware runs in it as on the chip, and connects over real TCP by default.

import { createAccessPoint } from '../network/accessPoint.ts';
import type { VirtualBoard, BoardOptions, BoardParts, SerialLine } from './boardShape.ts';
import { createFaults } from '../network/faults.ts';
import { createPower } from './power.ts';
import { createStorage } from './storage.ts';
import { connectTcp as realTcp, warmUp } from '../network/tcp.ts';
import { wallTime } from '../time/timeSource.ts';
import { createWaiting } from './waiting.ts';

export type { VirtualBoard, BoardOptions, LastWords } from './boardShape.ts';

let boardsMade = 0;

/** A number from a serial, for what differs from chip to chip. */
const seedOf = (serial: string): number =>
  [...serial].reduce((hash, character) => Math.imul(hash, 31) + character.charCodeAt(0), 7);

function createParts(options: BoardOptions): Omit<BoardParts, 'transmit'> {
  const number = (boardsMade += 1);
  const { serial = `a0b1c2d3-${number.toString(16).padStart(4, '0')}`, ip = `192.168.1.${20 + (number % 200)}` } =
    options;
  const { hardwareSeed = seedOf(serial), speed = 1, time = wallTime, connectTcp = realTcp, wifi = {} } = options;
  const { storage = createStorage(), hosts = new Map(), accessPoint = createAccessPoint() } = options;
  const { extraModules = {}, missingModules = [], hangLimitMs, totalVariables } = options;
  return {
    ...{ serial, ip, hardwareSeed, speed, time, connectTcp, wifi, storage, hosts, accessPoint },
    ...{ extraModules, missingModules, hangLimitMs, totalVariables },
    mac: serial.replace('-', '').replace(/..(?=.)/g, '$&:'),
    faults: createFaults({ speed, time }),
  };
}

/** Creates a board without power. */
export function createVirtualBoard(options: BoardOptions = {}): VirtualBoard {
  const listeners = new Set<(bytes: string) => void>();
  const transmit = (bytes: string): void => [...listeners].forEach((listener) => listener(bytes));
  const parts: BoardParts = { ...createParts(options), transmit };
  const { serial, storage, faults, hosts, accessPoint } = parts;
  if (options.firmware !== undefined) storage.install('.bootcde', options.firmware);
  if (options.config !== undefined) storage.install('light.json', JSON.stringify(options.config));
  const lines: string[] = [];
  const waiting = createWaiting(serial, lines);
  const power = createPower({ parts, print, onTurn: waiting.check });
  const { boot, pins, nowMs, isOn, resets, resetCodes, reset, dispose } = power;

  function print(line: string): void {
    lines.push(line);
    transmit(`${line}\r\n`);
    options.onLine?.(line);
    waiting.check();
  }

  function powerOn(): void {
    if (parts.connectTcp === realTcp) warmUp();
    power.on();
  }

  const serialLine: SerialLine = {
    send: (bytes) => boot()?.machine.uart.receive(bytes),
    onBytes(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  return {
    serialLine,
    ...{ serial, storage, faults, hosts, accessPoint, resets, resetCodes },
    ...{ powerOn, powerOff: power.off, reset, isOn, nowMs, dispose },
    console: lines,
    waitFor: waiting.waitFor,
    pin: pins.probe,
    isTelnetOpen: () => boot()?.isTelnetOpen() ?? false,
    pendingTimers: () => boot()?.machine.timers.pending() ?? 0,
    openSockets: () => boot()?.machine.net.openSockets() ?? 0,
    serverPort: (chipPort) => boot()?.machine.net.serverPort(chipPort),
    softAp: () => boot()?.machine.wifi.softAp(),
    attempts: () => boot()?.machine.net.attempts ?? [],
    type: (text) => boot()?.program.type(text),
    global: () => boot()?.program.global() ?? {},
    race: (nth = 1) => power.onceBooted(({ program }) => program.race(nth)),
    cutOff: (nth = 1, calls = 1) => power.onceBooted(({ program }) => program.cutOff(nth, calls)),
    becomeZombie: () => boot()?.machine.wifi.becomeZombie(),
    setClock: (seconds) => boot()?.machine.setClock(seconds),
  };
}
