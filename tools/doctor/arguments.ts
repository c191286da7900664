// Reads the command line of `npm run doctor`.

import type { BrokerAccess } from '../broker.ts';
import { accessOf, BROKER_FLAGS, BROKER_HELP, lightNames, WAIT_RANGE, waitOf } from '../brokerFlags.ts';
import { parseFlags } from '../flags.ts';
import { EXIT_HELP } from './exits.ts';

/** What was asked for. */
export interface DoctorOrder extends BrokerAccess {
  /** Names of lights; empty for all. */
  names: string[];
  waitS: number;
}

/** The text of `--help`. */
export const HELP = `Usage: npm run --silent doctor -- --broker HOST[:PORT] [options]

Looks at the lights of a broker once, and prints one line per finding. It changes nothing.

${BROKER_HELP}
  --light NAME          look at this light only; repeatable. RabbitMQ needs it
  --wait S              how long to listen, ${WAIT_RANGE}; 310 hears each light at least once
  --help                this text

Exit codes
${EXIT_HELP}
`;

/**
 * Reads the command line.
 * @returns undefined when help was asked for
 * @throws Failure badArguments
 */
export function parseArguments(argv: string[], env: NodeJS.ProcessEnv): DoctorOrder | undefined {
  const values = parseFlags(argv, {
    ...BROKER_FLAGS,
    light: { type: 'string', multiple: true, default: [] },
    wait: { type: 'string' },
  });
  if (values.help) return undefined;
  return {
    ...accessOf(values, env),
    names: lightNames(values.light, '--light'),
    waitS: waitOf(values.wait),
  };
}
