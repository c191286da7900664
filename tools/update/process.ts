// Runs a tool of boards as a process: terminal, environment, Ctrl-C.

import { stdin, stdout } from 'node:process';
import { askHidden } from '../flash/ask.ts';
import type { Host } from './fleet.ts';

/** @returns the exit code */
export function runProcess(title: string, run: (argv: string[], host: Host) => Promise<number>): Promise<number> {
  process.title = title; // the process list shows it instead of the arguments, which may hold a password
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  stdout.on('error', () => stop.abort());
  const write = (text: string): void => void stdout.write(text);
  return run(process.argv.slice(2), {
    write,
    isTerminal: stdout.isTTY === true,
    columns: stdout.columns,
    rows: stdout.rows,
    environment: process.env,
    ask: stdin.isTTY ? (question) => askHidden(question, stdin, write) : undefined,
    signal: stop.signal,
  });
}
