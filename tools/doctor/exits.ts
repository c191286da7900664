// Exit codes of the doctor, and the failures that carry them.

import { failure as shape, type Failure } from '../failure.ts';

/** What the process ends with. Documented in `--help`: numbers never change their meaning. */
export const EXIT = {
  healthy: 0,
  findings: 1,
  badArguments: 2,
  unreachable: 3,
  refused: 4,
  unexpected: 5,
  interrupted: 130,
} as const;

/** The name of an exit code. */
export type Exit = keyof typeof EXIT;

/** One line each, for people. */
export const EXIT_MEANINGS: Record<Exit, string> = {
  healthy: 'lights were heard, and nothing is wrong with them',
  findings: 'findings: one line each',
  badArguments: 'wrong or missing arguments',
  unreachable: 'the broker cannot be reached, does not speak MQTT, or closed the connection',
  refused: 'the broker refuses the user, the password or the topics',
  unexpected: 'a defect of this tool',
  interrupted: 'stopped with Ctrl-C',
};

/** Creates a failure. */
export const failure: (exit: Exit, message: string) => Failure<Exit> = shape;
