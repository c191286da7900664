// Exit codes of the fleet tool, and the failures that carry them.

import { exitsOf } from '../failure.ts';

/** What the process ends with. Documented in `--help` and docs/fleet.md. */
export const EXITS = {
  held: [0, 'all that must hold did'],
  broken: [1, 'something that must hold did not: see the lines with ✗'],
  badArguments: [2, 'wrong or missing arguments'],
  notStarted: [3, 'a broker or the fleet did not start, or a program is missing'],
  unexpected: [5, 'a defect of this tool'],
  interrupted: [130, 'stopped with Ctrl-C'],
} as const;

export const { EXIT, EXIT_HELP, failure, exitCodeOf } = exitsOf(EXITS);
