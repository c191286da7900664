// Reads the command line of `npm start`.

import { failure } from '../failure.ts';
import { address, MAX_PORT, parseFlags, wholeNumber, type Address } from '../flags.ts';

/** They take 1 GB of memory and some seconds to start. */
const MAX_NODES = 1000;

/** Options of a simulation. */
export interface SimulateArguments {
  nodes: number;
  /** Port of the embedded broker. */
  port: number;
  /** Another broker to use instead. */
  broker: Address | undefined;
  /** Port of the page; undefined for none. */
  pagePort: number | undefined;
}

/** The text of `--help`. */
export const HELP = `Usage: npm start -- [options]

Runs virtual ESP32 boards with the firmware of dist/firmware.js, and a broker for them.

  --nodes N            how many lights, 1-${MAX_NODES} (default 2)
  --port N             port of the embedded broker on 127.0.0.1, 1-${MAX_PORT} (default 1883)
  --broker HOST:PORT   use your own broker instead of the embedded one
  --page-port N        port of the page that shows them, on 127.0.0.1 (default 8080)
  --no-page            no page
  --help               this text

Ctrl-C ends everything.
`;

/**
 * Reads the command line.
 * @returns undefined when help was asked for
 * @throws Failure badArguments
 */
export function parseArguments(argv: string[]): SimulateArguments | undefined {
  const values = parseFlags(argv, {
    nodes: { type: 'string', default: '2' },
    port: { type: 'string' },
    broker: { type: 'string' },
    page: { type: 'boolean', default: true },
    'page-port': { type: 'string', default: '8080' },
  });
  if (values.help) return undefined;
  if (values.port !== undefined && values.broker !== undefined) {
    throw failure('badArguments', '--port is for the embedded broker: leave out --port or --broker');
  }
  return {
    nodes: wholeNumber(values.nodes, '--nodes', 1, MAX_NODES),
    port: wholeNumber(values.port ?? '1883', '--port', 1, MAX_PORT),
    broker: values.broker === undefined ? undefined : address(values.broker),
    pagePort: values.page ? wholeNumber(values['page-port'], '--page-port', 1, MAX_PORT) : undefined,
  };
}
