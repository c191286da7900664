// Reads the command line of `npm run update`.

import { parseFlags } from '../flags.ts';
import { EXIT_HELP, failure } from './exits.ts';
import { FLEET_FLAGS, FLEET_HELP, fleetOrderOf, type FleetOrder } from './fleetFlags.ts';

/** What was asked for. */
export interface UpdateOrder extends FleetOrder {
  bundle: string;
  compact: boolean;
  /** Show the console of the one board instead. */
  log: boolean;
}

/** The text of `--help`. */
export const HELP = `Usage: npm run update -- --broker HOST (--name NAME… | --all) [options]

Updates boards over the air. Each board tries the new program and keeps it only if it connects; else it goes back to the old one.
The first group is one board, each further group twice as large; a board that fails ends it. Ctrl-C is safe; the same call goes on.

${FLEET_HELP}
  --bundle FILE         program to send, dist/firmware.js
  --compact             let a board without room compact its flash: a power cut in these seconds erases it
  --log NAME            show the console of one board for ten minutes instead
  --help                this text

Exit codes (of the first board that failed)
${EXIT_HELP}
`;

/**
 * Reads the command line.
 * @returns undefined when help was asked for
 * @throws Failure badArguments
 */
export function parseArguments(argv: string[], env: Record<string, string | undefined>): UpdateOrder | undefined {
  const values = parseFlags(argv, {
    ...FLEET_FLAGS,
    bundle: { type: 'string', default: 'dist/firmware.js' },
    compact: { type: 'boolean', default: false },
    log: { type: 'string' },
  });
  if (values.help) return undefined;
  const isLog = values.log !== undefined;
  if (isLog && (values.all || values.name || values.compact))
    throw failure('badArguments', '--log NAME shows one board: give it no --name, --all or --compact');
  const names = isLog ? [values.log!] : values.name;
  return {
    ...fleetOrderOf({ ...values, name: names }, env),
    ...{ bundle: values.bundle, compact: values.compact, log: isLog },
  };
}
