// Runs a tool as a process: arguments, terminal, environment, what ends it, exit code.

import { stderr, stdin, stdout } from 'node:process';
import { askHidden } from './ask.ts';

/** The world around a tool. */
export interface ProcessHost {
  /** To standard output. */
  write(text: string): void;
  /** To standard error. */
  note(text: string): void;
  isTerminal: boolean;
  columns?: number;
  rows?: number;
  environment: NodeJS.ProcessEnv;
  /** Asks for a secret without echo; absent where nobody can answer. */
  ask?: ((question: string) => Promise<string>) | undefined;
  /** Ends the tool. */
  signal: AbortSignal;
}

/** What ends a tool. */
interface Ends {
  /** Ctrl-C alone unless told otherwise; the second one ends the process at once. */
  signals?: readonly NodeJS.Signals[];
  /** Whether a reader that goes away ends it, too. */
  endsWithReader?: boolean;
}

/**
 * Runs a tool; the process ends with its exit code.
 * @param title for the process list
 */
export async function runProcess(
  title: string,
  run: (argv: string[], host: ProcessHost) => Promise<number>,
  { signals = ['SIGINT'], endsWithReader = true }: Ends = {},
): Promise<void> {
  process.title = title; // the process list shows it instead of the arguments, which may hold a password
  const stop = new AbortController();
  for (const signal of signals) process.once(signal, () => stop.abort());
  // A closed pipe throws no stack trace.
  for (const stream of [stdout, stderr]) stream.on('error', () => endsWithReader && stop.abort());
  const write = (text: string): void => void stdout.write(text);
  process.exitCode = await run(process.argv.slice(2), {
    write,
    note: (text) => void stderr.write(text),
    isTerminal: stdout.isTTY === true,
    columns: stdout.columns,
    rows: stdout.rows,
    environment: process.env,
    ask: stdin.isTTY ? (question) => askHidden(question, stdin, write) : undefined,
    signal: stop.signal,
  });
}
