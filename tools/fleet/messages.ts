// What the tool and the processes of its lights tell each other.

import type { Address } from '../flags.ts';
import type { LightEvent } from './lights.ts';

/** Starts a process's work; the others follow. */
export interface Setup {
  do: 'setUp';
  numbers: number[];
  brokers: Address[];
  firmware: string;
  spreadS: number;
  keepAliveS: number;
}

/** What the tool orders. */
export type Order =
  Setup | { do: 'powerOn'; below: number } | { do: 'powerOff' } | { do: 'cut'; broker: number; isCut: boolean };

/** What a process has used since it started. */
export interface Usage {
  rssBytes: number;
  /** Seconds of processor time. */
  cpuS: number;
  /** Seconds by which the boards' clocks are late, because the computer was too busy. */
  lateS: number;
}

/** What a process tells, several times a second. */
export interface Tidings {
  events: LightEvent[];
  usage: Usage;
}
