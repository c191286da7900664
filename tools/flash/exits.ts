// Exit codes of flash and monitor, their meaning, and the failures that carry them.

import { asFailure as asShape, failure as shape, isFailure as isShape, type Failure as Shape } from '../failure.ts';

/** Exit codes. Documented in `--help` and docs/flashing.md: a number never changes its meaning. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  badArguments: 2,
  noSuchPort: 3,
  portBusy: 4,
  noPermission: 5,
  silentBoard: 6,
  wrongBoard: 7,
  noSpace: 8,
  lostInTransfer: 9,
  verificationFailed: 10,
  threwAtBoot: 11,
  noBootLine: 12,
  notConnected: 13,
  interrupted: 130,
} as const;

/** The name of an exit code. */
export type Exit = keyof typeof EXIT;

/** Meanings for `--help`, one line each. */
export const EXIT_MEANINGS: Record<Exit, string> = {
  ok: 'done: verified, restarted, and the firmware has reported that it runs',
  unexpected: 'a defect of this tool',
  badArguments: 'wrong or missing arguments, settings or bundle',
  noSuchPort: 'no such port, or none that looks like an ESP32, or several',
  portBusy: 'another program has the port open',
  noPermission: 'no permission to open the port',
  silentBoard: 'nothing answers on the port',
  wrongBoard: 'not an ESP32, another chip than the archive is for, or an interpreter too old',
  noSpace: 'not enough free Storage on the board, or too small a flash',
  lostInTransfer: 'the line broke or the board stopped answering',
  verificationFailed: 'the board holds other bytes than were sent',
  threwAtBoot: 'the firmware threw an error while starting',
  noBootLine: 'the firmware did not report that it runs',
  notConnected: 'with --wait: no MQTT connection in time',
  interrupted: 'stopped with Ctrl-C',
};

/** An expected failure of this tool. */
export type Failure = Shape<Exit>;

/** Creates a failure. */
export const failure: (exit: Exit, message: string) => Failure = shape;

/** Whether an error is an expected failure; any other is a defect. */
export const isFailure = (error: unknown): error is Failure => isShape(error);

/** Turns any thrown value into a failure. */
export const asFailure = (error: unknown): Failure => asShape(error, EXIT);
