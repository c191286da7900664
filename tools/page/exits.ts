// Exit codes of `npm run page`.

import { failure as shape, type Failure } from '../failure.ts';

/** What the process ends with; the numbers are those of the doctor. */
export const EXIT = {
  ended: 0,
  badArguments: 2,
  unreachable: 3,
  refused: 4,
  unexpected: 5,
} as const;

/** The name of an exit code. */
export type Exit = keyof typeof EXIT;

/** One line each, for people. */
export const EXIT_MEANINGS: Record<Exit, string> = {
  ended: 'ended by Ctrl-C',
  badArguments: 'wrong or missing arguments, or a busy port',
  unreachable: 'the broker cannot be reached, or does not speak MQTT',
  refused: 'the broker refuses the user, the password or the topics',
  unexpected: 'a defect of this tool',
};

/** Creates a failure. */
export const failure: (exit: Exit, message: string) => Failure<Exit> = shape;
