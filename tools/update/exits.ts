// Exit codes of update and configure, and the failures that carry them.

import { exitsOf, type Failure as AnyFailure } from '../failure.ts';

/** What the process ends with. Documented in `--help` and docs/updating.md. */
export const EXITS = {
  ok: [0, 'done: every board has reported it itself, after the trial'],
  unexpected: [1, 'a defect of this tool'],
  badArguments: [2, 'wrong or missing arguments, settings, bundle or master key'],
  unreachable: [3, 'the broker cannot be reached, does not speak MQTT, or does not take the image'],
  refused: [4, 'the broker refuses the user, the password or the topics'],
  unheard: [5, 'a board is offline or unknown'],
  flashFirst: [6, 'a board was never flashed with a program that takes updates: flash it once by USB'],
  declined: [7, 'a board has refused, and changed nothing'],
  rolledBack: [8, 'a board has tried it, and went back to what it had'],
  silent: [9, 'a board does not report how it went'],
  interrupted: [130, 'stopped with Ctrl-C'],
} as const;

/** The name of an exit code. */
export type Exit = keyof typeof EXITS;

/** An expected failure of these tools. */
export type Failure = AnyFailure<Exit>;

export const { EXIT, EXIT_HELP, failure, asFailure, exitCodeOf } = exitsOf(EXITS);
