// Reads the command line of `npm run page`.

import { accessOf, BROKER_FLAGS, BROKER_HELP } from '../brokerFlags.ts';
import { MASTER_KEY_FILE } from '../keys.ts';
import { MAX_PORT, parseFlags, wholeNumber } from '../flags.ts';
import { EXIT_HELP, failure } from './exits.ts';
import type { RollOutOptions } from './rollOuts.ts';

/** Where the page is, unless told otherwise. */
const PAGE_PORT = 8080;

/** For the boards of a roll-out to be heard: they are on the page already. */
const WAIT_S = 5;

/** What was asked for. */
export interface PageOrder {
  /** The broker among it. */
  rollOuts: RollOutOptions;
  port: number;
  host: string;
}

/** The text of `--help`. */
export const HELP = `Usage: npm run page -- --broker HOST[:PORT] [options]

Shows the lights of a broker on a web page, to look at, to switch, to see what is wrong, to update and to configure.

${BROKER_HELP}
  --page-port N         port of the page, 1-${MAX_PORT} (default ${PAGE_PORT})
  --host ADDRESS        address of this computer to listen on (default 127.0.0.1: nobody else reaches it). With any other,
                        such as 0.0.0.0, the page's address holds a secret token: who has it may switch and update your lights
  --bundle FILE         program for updates, dist/firmware.js
  --master-key FILE     the key that the boards were flashed with, ${MASTER_KEY_FILE}
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
    bundle: { type: 'string', default: 'dist/firmware.js' },
    'master-key': { type: 'string', default: MASTER_KEY_FILE },
  });
  if (values.help) return undefined;
  const { host } = values;
  if (!/^[\w.:-]+$/.test(host))
    throw failure('badArguments', '--host wants an address of this computer, such as 0.0.0.0');
  const port = wholeNumber(values['page-port'], '--page-port', 1, MAX_PORT);
  const fleet = { ...accessOf(values, env), canaries: 1, waitS: WAIT_S, masterKey: values['master-key'] };
  return { rollOuts: { fleet, bundle: values.bundle }, port, host };
}
