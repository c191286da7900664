// Exit codes of `npm run page`, and the failures that carry them.

import { exitsOf } from '../failure.ts';

/** What the process ends with; the numbers are those of the doctor. Documented in `--help`. */
export const { EXIT, EXIT_HELP, failure, exitCodeOf } = exitsOf({
  ended: [0, 'ended by Ctrl-C'],
  badArguments: [2, 'wrong or missing arguments, or a busy port'],
  unreachable: [3, 'the broker cannot be reached, or does not speak MQTT'],
  refused: [4, 'the broker refuses the user, the password or the topics'],
  unexpected: [5, 'a defect of this tool'],
});
