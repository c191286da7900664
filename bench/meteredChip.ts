// A real interpreter that tells how many of its variables are in use.

import { createInterpreter, type Interpreter } from '../sim/interpreter/interpreter.ts';
import type { Lab } from './lab.ts';
import { lampReports } from './lampReports.ts';

/** Between two readings, in wall milliseconds. */
const READING_MS = 200;

/** So many equal readings in a row: nothing is on its way any more. */
const EQUAL_READINGS = 4;
const MAX_READINGS = 60;

/** What runs on it. */
export interface MeteredOptions {
  program: string;
  /** Where the bundle finds its broker. */
  port: number;
  /** How much faster than the wall its timers run; default 1. */
  speed?: number;
  /** More program, run at each write `v` to a pin. */
  onLamp?: string;
}

/** A chip with a meter. */
export interface MeteredChip extends Interpreter {
  /** The commands of this one alone. */
  readonly topic: string;
  /** Variables in use once they stay the same. @throws Error when they do not */
  used(): Promise<number>;
}

/** The stand-in for Wi-Fi is loaded here, so that its variables are not counted as the program's. */
const meter = (speed: number): string => `
require("Wifi");
setInterval(function(){print("\\nUSED "+process.memory().usage)},${READING_MS * speed});
`;

/** A chip that boots the program from its flash, and runs. */
export function createMeteredChip(lab: Lab, { program, port, speed = 1, onLamp = '' }: MeteredOptions): MeteredChip {
  const chip = lab.use(
    createInterpreter({
      bundle: program,
      settings: { wifi: { ssid: 'Home', password: 'secret-password' }, broker: `127.0.0.1:${port}`, keepAliveS: 5 },
      serial: 'be9c0001-0001',
      speed,
      preamble: lampReports(onLamp) + meter(speed),
    }),
  );
  chip.powerOn();

  async function used(): Promise<number> {
    const readings: number[] = [];
    let from = chip.console.length;
    while (readings.length < MAX_READINGS) {
      const line = await chip.waitFor(/^USED \d+$/, undefined, from);
      from = chip.console.length;
      readings.push(Number(line.split(' ')[1]));
      const latest = readings.slice(-EQUAL_READINGS);
      if (latest.length === EQUAL_READINGS && new Set(latest).size === 1) return latest[0] as number;
    }
    throw new Error(`variables in use do not settle: ${readings.slice(-10).join(', ')}`);
  }

  return { ...chip, topic: 'light/light-be9c00010001/set', used };
}
