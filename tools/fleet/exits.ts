// Exit codes of the fleet tool, and the failures that carry them.

import { asFailure, failure as shape, type Failure } from '../failure.ts';

/** What the process ends with. Documented in `--help` and docs/fleet.md: numbers never change their meaning. */
export const EXIT = {
  held: 0,
  broken: 1,
  badArguments: 2,
  notStarted: 3,
  unexpected: 5,
  interrupted: 130,
} as const;

/** The name of an exit code. */
export type Exit = keyof typeof EXIT;

/** One line each, for people. */
export const EXIT_MEANINGS: Record<Exit, string> = {
  held: 'all that must hold did',
  broken: 'something that must hold did not: see the lines with ✗',
  badArguments: 'wrong or missing arguments',
  notStarted: 'a broker or the fleet did not start, or a program is missing',
  unexpected: 'a defect of this tool',
  interrupted: 'stopped with Ctrl-C',
};

/** Creates a failure. */
export const failure: (exit: Exit, message: string) => Failure<Exit> = shape;

/** The name of the exit code for any thrown value. */
export const exitOf = (error: unknown): Exit => asFailure(error, EXIT).exit;
