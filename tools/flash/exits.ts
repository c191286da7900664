// Exit codes of flash, monitor and installer, and the failures that carry them.

import { exitsOf, type Failure as AnyFailure } from '../failure.ts';

/** What the process ends with. Documented in `--help` and docs/flashing.md. */
export const EXITS = {
  ok: [0, 'done: verified, restarted, and the firmware has reported that it runs'],
  unexpected: [1, 'a defect of this tool'],
  badArguments: [2, 'wrong or missing arguments, settings or bundle'],
  noSuchPort: [3, 'no such port, or none that looks like an ESP32, or several'],
  portBusy: [4, 'another program has the port open'],
  noPermission: [5, 'no permission to open the port'],
  silentBoard: [6, 'nothing answers on the port'],
  wrongBoard: [7, 'not an ESP32, another chip than the archive is for, or an interpreter too old'],
  noSpace: [8, 'not enough free Storage on the board, or too small a flash'],
  lostInTransfer: [9, 'the line broke or the board stopped answering'],
  verificationFailed: [10, 'the board holds other bytes than were sent'],
  threwAtBoot: [11, 'the firmware threw an error while starting'],
  noBootLine: [12, 'the firmware did not report that it runs'],
  notConnected: [13, 'with --wait: no MQTT connection in time'],
  interrupted: [130, 'stopped with Ctrl-C'],
} as const;

/** The name of an exit code. */
export type Exit = keyof typeof EXITS;

/** An expected failure of these tools. */
export type Failure = AnyFailure<Exit>;

export const { EXIT, EXIT_HELP, failure, isFailure, asFailure, exitCodeOf } = exitsOf(EXITS);

/** Whether a second try, more slowly or in smaller packets, may mend it: the line may lose bytes. */
export const isRepeatable = (error: unknown): boolean =>
  isFailure(error) && ['lostInTransfer', 'verificationFailed'].includes(error.exit);
