// Exit codes, their meaning, and the failures that carry them.

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
  wrongBoard: 'not an ESP32, or an interpreter too old',
  noSpace: 'not enough free Storage on the board',
  lostInTransfer: 'the line broke or the board stopped answering',
  verificationFailed: 'the board holds other bytes than were sent',
  threwAtBoot: 'the firmware threw an error while starting',
  noBootLine: 'the firmware did not report that it runs',
  notConnected: 'with --wait: no MQTT connection in time',
  interrupted: 'stopped with Ctrl-C',
};

/** An expected failure: one line for the user, and the exit code. */
export interface Failure extends Error {
  exit: Exit;
}

/**
 * Creates a failure.
 * @param message what failed and what to do, in one line
 */
export function failure(exit: Exit, message: string): Failure {
  return Object.assign(new Error(message), { exit });
}

/** Whether an error is an expected failure; any other is a defect. */
export function isFailure(error: unknown): error is Failure {
  return error instanceof Error && 'exit' in error;
}

/** Turns any thrown value into a failure. */
export function asFailure(error: unknown): Failure {
  if (isFailure(error)) return error;
  return failure('unexpected', error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
