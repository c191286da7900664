// One board under test, virtual or real, behind one interface: a scenario runs on either.

import { createServer, type AddressInfo, type Socket } from 'node:net';
import { once } from 'node:events';
import { createVirtualBoard, type VirtualBoard, type BoardOptions } from '../../sim/board/board.ts';
import { createInterpreter } from '../../sim/interpreter/interpreter.ts';
import { levelOf } from '../support/curve.ts';

/** The lamp's pin, by default. */
const LAMP = 'D5';

/** Resources that a board uses. */
export interface Vitals {
  timers: number;
  /** Chip variables; an estimate on the virtual board. */
  variables: number;
}

/** A board with a lamp. */
export interface Device {
  /** How much faster than the wall its time runs. */
  readonly speed: number;
  /** The chip's time in seconds. A virtual board's does not count the time for which this process was overloaded. */
  nowS(): number;
  /** When a line of the console was printed, in the chip's time; for the real one it is now, as nothing tells. */
  lineS(at: number): number;
  readonly console: readonly string[];
  powerOn(): void;
  /** Cuts the power at once. Whether the broker notices is up to the line. */
  powerOff(): Promise<void>;
  /** Every brightness that the lamp has shown, 0-255, without repetitions. From 60 on, neighbouring levels can be told apart. */
  levels(): number[];
  /** Makes the station lose its access point, or find it again. */
  wifi(isUp: boolean): void;
  vitals(): Promise<Vitals>;
  /** The virtual board, for what the real one cannot do. */
  readonly board?: VirtualBoard;
  dispose(): Promise<void>;
}

/** Options of a device. */
export interface DeviceOptions {
  firmware: string;
  settings: object;
  speed: number;
  serial: string;
  /** For the virtual board only. */
  board?: BoardOptions;
  /** Program that runs before the firmware; for the real board only. */
  preamble?: string;
}

function levelsOf(duties: number[]): number[] {
  return duties.map(levelOf).filter((level, at, all) => level !== all[at - 1]);
}

/** Creates a virtual board without power. */
export function createVirtualDevice({
  firmware,
  settings,
  speed,
  serial,
  board: more,
}: DeviceOptions): Promise<Device> {
  const wifi = { ssid: 'Home', password: 'secret-password' };
  const linesS: number[] = [];
  const onLine = (): void => void linesS.push(nowS());
  const board = createVirtualBoard({ firmware, config: { wifi, ...settings }, speed, serial, onLine, ...more });
  const nowS = (): number => board.nowMs() / 1000;
  return Promise.resolve({
    speed,
    nowS,
    lineS: (at) => linesS[at]!,
    console: board.console,
    powerOn: () => board.powerOn(),
    powerOff: () => Promise.resolve(board.powerOff()),
    levels: () => levelsOf(board.pin(LAMP).history.map(({ duty }) => duty)),
    wifi: (isUp) => (isUp ? board.accessPoint.on() : board.accessPoint.off('alive')),
    vitals: () => {
      const { memory } = board.global()['process'] as { memory(): { usage: number } };
      return Promise.resolve({ timers: board.pendingTimers(), variables: memory().usage });
    },
    board,
    dispose: () => Promise.resolve(board.dispose()),
  });
}

/** Lets the board evaluate lines from a TCP connection: its console loses bytes that are typed fast. */
const LISTENS = (port: number): string =>
  `require("net").connect({host:"127.0.0.1",port:${port}}).on("data",function(line){eval(line)});`;

const TELLS_VITALS = 'print("VITALS",Object.keys(global["\\xff"].timers).length,process.memory().usage);';

/** Creates a real interpreter without power. @throws Error where it is not installed */
export async function createRealDevice({
  firmware,
  settings,
  speed,
  serial,
  preamble: more = '',
}: DeviceOptions): Promise<Device> {
  let line: Socket | undefined;
  const desk = createServer((socket) => (line = socket.on('error', () => {})));
  await once(desk.listen(0, '127.0.0.1'), 'listening');
  const preamble = LISTENS((desk.address() as AddressInfo).port) + more;
  const device = createInterpreter({
    ...{ bundle: firmware, serial, speed, preamble },
    settings: { wifi: { ssid: 'Home' }, ...settings },
  });
  const nowS = (): number => (performance.now() * speed) / 1000;
  return {
    speed,
    nowS,
    lineS: nowS,
    console: device.console,
    powerOn: () => device.powerOn(),
    powerOff: () => device.powerOff(),
    levels: () => levelsOf(device.pinWrites.filter(({ pin }) => pin === LAMP).map(({ duty }) => duty)),
    wifi: (isUp) => void line?.write(`require("Wifi").fake("${isUp ? '127.0.0.1' : '0.0.0.0'}");`),
    async vitals() {
      const asked = device.console.length;
      line?.write(TELLS_VITALS);
      const printed = await device.waitFor(/^VITALS/, undefined, asked);
      const [timers, variables] = printed.split(' ').slice(1).map(Number);
      return { timers: timers as number, variables: variables as number };
    },
    async dispose() {
      await device.dispose();
      line?.destroy();
      desk.close();
    },
  };
}
