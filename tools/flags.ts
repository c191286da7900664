// Reads a command line for all tools: wrong flags and numbers are refused in one line.

import { parseArgs, type ParseArgsConfig } from 'node:util';
import { failure } from './failure.ts';

type Options = NonNullable<ParseArgsConfig['options']>;

/** A broker's address. */
export interface Address {
  host: string;
  port: number;
}

/** An address in messages, and as `address` reads it. */
export const placeOf = ({ host, port }: Address): string => `${host}:${port}`;

/** The largest number of a TCP port. */
export const MAX_PORT = 65_535;

const HELP = { type: 'boolean', short: 'h' } as const;

/** Says why `parseArgs` refused, without repeating a stray word: it may be half of a password. */
function refusal(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL') return 'a word without a flag: put values with spaces in quotes';
  return (message.split('\n')[0] ?? '').replace(/\.$/, '');
}

/**
 * Reads flags as `parseArgs` of `node:util` does, `--help` and `-h` among them.
 * @throws Failure badArguments
 */
export function parseFlags<T extends Options>(argv: string[], options: T) {
  try {
    return parseArgs({ args: argv, options: { ...options, help: HELP }, allowNegative: true }).values;
  } catch (error) {
    throw failure('badArguments', `${refusal(error)} (see --help)`);
  }
}

/**
 * Reads the number that a flag was given.
 * @throws Failure badArguments
 */
export function wholeNumber(text: string, flag: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max))
    throw failure('badArguments', `${flag} wants a whole number from ${min} to ${max}`);
  return value;
}

/**
 * Reads a broker's address: HOST or HOST:PORT.
 * @throws Failure badArguments
 */
export function address(text: string): Address {
  const match = /^([\w.-]+)(?::(\d+))?$/.exec(text);
  if (!match) throw failure('badArguments', '--broker wants HOST or HOST:PORT, such as 192.168.1.10:1883');
  return { host: match[1]!, port: wholeNumber(match[2] ?? '1883', '--broker: the port', 1, MAX_PORT) };
}
