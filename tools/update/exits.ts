// Exit codes of update and configure.

import { failure as shape, type Failure as Shape } from '../failure.ts';

/** What the process ends with. Documented in `--help` and docs/updating.md: numbers never change their meaning. */
export const EXIT = {
  ok: 0,
  unexpected: 1,
  badArguments: 2,
  unreachable: 3,
  refused: 4,
  unheard: 5,
  flashFirst: 6,
  declined: 7,
  rolledBack: 8,
  silent: 9,
  interrupted: 130,
} as const;

/** The name of an exit code. */
export type Exit = keyof typeof EXIT;

/** One line each, for people. */
export const EXIT_MEANINGS: Record<Exit, string> = {
  ok: 'done: every board has reported it itself, after the trial',
  unexpected: 'a defect of this tool',
  badArguments: 'wrong or missing arguments, settings, bundle or master key',
  unreachable: 'the broker cannot be reached, or does not speak MQTT',
  refused: 'the broker refuses the user, the password or the topics',
  unheard: 'a board is offline or unknown',
  flashFirst: 'a board was never flashed with a program that takes updates: flash it once by USB',
  declined: 'a board has refused, and changed nothing',
  rolledBack: 'a board has tried it, and went back to what it had',
  silent: 'a board does not report how it went',
  interrupted: 'stopped with Ctrl-C',
};

/** An expected failure of these tools. */
export type Failure = Shape<Exit>;

/** Creates a failure. */
export const failure: (exit: Exit, message: string) => Failure = shape;
