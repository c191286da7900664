// A real interpreter that prints how many of its variables are in use.

import { createInterpreter, type Interpreter } from '../sim/interpreter/interpreter.ts';
import type { Lab } from './lab.ts';
import { lampReports } from './lampReports.ts';

/** Wall milliseconds between two readings. */
const READING_MS = 200;

/** The chip is at rest after so many equal readings in a row. */
const EQUAL_READINGS = 4;
const MAX_READINGS = 60;

interface MeteredOptions {
  program: string;
  /** Port of the broker on 127.0.0.1. */
  port: number;
  /** Chip seconds per wall second; default 1. */
  speed?: number;
  /** Program to run at each write `v` to a pin. */
  onLamp?: string;
}

/** A chip with a meter. */
export interface MeteredChip extends Interpreter {
  /** Its own command topic. */
  readonly topic: string;
  /** Reads the variables in use when they stay the same. @throws Error when they do not */
  used(): Promise<number>;
}

/** Program that prints the readings. It loads the module Wifi, so that this is not counted as the program's. */
const meter = (speed: number): string => `
require("Wifi");
setInterval(function(){print("\\nUSED "+process.memory().usage)},${READING_MS * speed});
`;

/** Creates a chip that runs the program from its flash. */
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
