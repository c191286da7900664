// Reads the command line of `npm run page`.

import type { BrokerAccess } from '../broker.ts';
import { accessOf, BROKER_FLAGS, BROKER_HELP } from '../brokerFlags.ts';
import { MAX_PORT, parseFlags, wholeNumber } from '../flags.ts';
import { EXIT_HELP, failure } from './exits.ts';

/** Where the page is, unless told otherwise. */
const PAGE_PORT = 8080;

/** What was asked for. */
export interface PageOrder {
  access: BrokerAccess;
  port: number;
  host: string;
}

/** The text of `--help`. */
export const HELP = `Usage: npm run page -- --broker HOST[:PORT] [options]

Shows the lights of a broker on a web page, to look at, to switch, and to see what is wrong.

${BROKER_HELP}
  --page-port N         port of the page, 1-${MAX_PORT} (default ${PAGE_PORT})
  --host ADDRESS        address of this computer to listen on (default 127.0.0.1: nobody else reaches it). With any other,
                        such as 0.0.0.0, the page's address holds a secret token: who has it may switch your lights
  --help                this text

Ctrl-C ends it.

Exit codes
${EXIT_HELP}
`;

/**
 * Reads the command line.
 * @returns undefined when help was asked for
 * @throws Failure badArguments
 */
export function parseArguments(argv: string[], env: NodeJS.ProcessEnv): PageOrder | undefined {
  const values = parseFlags(argv, {
    ...BROKER_FLAGS,
    'page-port': { type: 'string', default: String(PAGE_PORT) },
    host: { type: 'string', default: '127.0.0.1' },
  });
  if (values.help) return undefined;
  const { host } = values;
  if (!/^[\w.:-]+$/.test(host))
    throw failure('badArguments', '--host wants an address of this computer, such as 0.0.0.0');
  const port = wholeNumber(values['page-port'], '--page-port', 1, MAX_PORT);
  return { access: accessOf(values, env), port, host };
}
