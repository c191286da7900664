// Exit codes of the doctor, and the failures that carry them.

import { exitsOf } from '../failure.ts';

/** What the process ends with. Documented in `--help`. */
export const { EXIT, EXIT_HELP, exitCodeOf } = exitsOf({
  healthy: [0, 'lights were heard, and nothing is wrong with them'],
  findings: [1, 'findings: one line each'],
  badArguments: [2, 'wrong or missing arguments'],
  unreachable: [3, 'the broker cannot be reached, does not speak MQTT, or closed the connection'],
  refused: [4, 'the broker refuses the user, the password or the topics'],
  unexpected: [5, 'a defect of this tool'],
  interrupted: [130, 'stopped with Ctrl-C'],
});
