// Reads the command line of `npm run page`.

import { EXIT, EXIT_MEANINGS, failure, type Exit } from '../doctor/exits.ts';
import { parseFlags, wholeNumber } from '../flags.ts';
import { address } from '../simulate/arguments.ts';
import type { Login } from './brokerLink.ts';

const MAX_PORT = 65_535;

/** Where the page is, unless told otherwise. */
export const PAGE_PORT = 8080;

const PASSWORD_VARIABLE = 'LIGHT_MQTT_PASSWORD';

/** The exits that this tool has; they are those of the doctor. */
const EXITS: Exit[] = ['badArguments', 'unreachable', 'refused', 'unexpected'];

/** What was asked for. */
export interface PageOrder {
  login: Login;
  port: number;
  host: string;
}

/** The text of `--help`. */
export const HELP = `Usage: npm run page -- --broker HOST[:PORT] [options]

Shows the lights of a broker on a web page, to look at, to switch, and to see what is wrong.

  --broker HOST[:PORT]  the MQTT broker (port 1883)
  --username TEXT       MQTT user name
  --password TEXT       MQTT password; or ${PASSWORD_VARIABLE}, which no process list shows. It never leaves this computer but for the broker
  --page-port N         port of the page, 1-${MAX_PORT} (default ${PAGE_PORT})
  --host ADDRESS        address of this computer to listen on (default 127.0.0.1: nobody else reaches it). With any other,
                        such as 0.0.0.0, the page's address holds a secret token: who has it may switch your lights
  --help                this text

Ctrl-C ends it.

Exit codes
${EXITS.map((name) => `  ${String(EXIT[name]).padStart(3)}  ${EXIT_MEANINGS[name]}`).join('\n')}
`;

/** Reads the port of the page. @throws Failure badArguments */
export const pagePort = (text: string): number => wholeNumber(text, '--page-port', 1, MAX_PORT);

/**
 * Reads the command line.
 * @returns undefined when help was asked for
 * @throws Failure badArguments
 */
export function parseArguments(argv: string[], env: NodeJS.ProcessEnv): PageOrder | undefined {
  const values = parseFlags(argv, {
    broker: { type: 'string' },
    username: { type: 'string' },
    password: { type: 'string' },
    'page-port': { type: 'string', default: String(PAGE_PORT) },
    host: { type: 'string', default: '127.0.0.1' },
  });
  if (values.help) return undefined;
  const { broker, username, password, host } = values;
  if (broker === undefined) throw failure('badArguments', 'which broker? --broker HOST (see --help)');
  if (password !== undefined && username === undefined) throw failure('badArguments', '--password needs --username');
  if (!/^[\w.:-]+$/.test(host))
    throw failure('badArguments', '--host wants an address of this computer, such as 0.0.0.0');
  return {
    login: {
      broker: address(broker),
      username,
      password: username === undefined ? undefined : (password ?? env[PASSWORD_VARIABLE]),
    },
    port: pagePort(values['page-port']),
    host,
  };
}
