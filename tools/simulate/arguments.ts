// The command line of the demo.

import { parseArgs } from 'node:util';

/** More virtual boards than this are slow on a laptop. */
const MAX_NODES = 300;

/** What was asked for. */
export interface SimulateArguments {
  nodes: number;
  /** Where the embedded broker listens. */
  port: number;
  /** Somebody's own broker instead. */
  broker: { host: string; port: number } | undefined;
}

/** The text of `--help`. */
export const HELP = `Usage: npm start -- [options]

Runs virtual ESP32 boards with the firmware of dist/firmware.js, and a broker for them.

  --nodes N            how many lights, 1-${MAX_NODES} (default 2)
  --port N             port of the embedded broker on 127.0.0.1, 1-65535 (default 1883)
  --broker HOST:PORT   use your own broker instead of the embedded one
  --help               this text

Ctrl-C ends everything.
`;

function whole(text: string, flag: string, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw new Error(`${flag} wants a whole number from 1 to ${max}`);
  return value;
}

function address(text: string): { host: string; port: number } {
  const match = /^([\w.-]+)(?::(\d+))?$/.exec(text);
  if (!match) throw new Error('--broker wants HOST or HOST:PORT, such as 192.168.1.10:1883');
  return { host: match[1]!, port: whole(match[2] ?? '1883', '--broker: the port', 65_535) };
}

/**
 * Reads the command line.
 * @returns undefined when help was asked for
 * @throws Error with one line for the user
 */
export function parseArguments(argv: string[]): SimulateArguments | undefined {
  const { values } = parseArgs({
    args: argv,
    options: {
      nodes: { type: 'string', default: '2' },
      port: { type: 'string' },
      broker: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return undefined;
  if (values.port !== undefined && values.broker !== undefined) {
    throw new Error('--port is the embedded broker’s; with --broker it has no meaning, leave one of them out');
  }
  return {
    nodes: whole(values.nodes, '--nodes', MAX_NODES),
    port: whole(values.port ?? '1883', '--port', 65_535),
    broker: values.broker === undefined ? undefined : address(values.broker),
  };
}
