// `npm run flash`: turns boards with a bare interpreter into lights.

import { stdin, stdout } from 'node:process';
import { askHidden } from './flash/ask.ts';
import { runFlash } from './flash/run.ts';

// The process list shows the title instead of the arguments, which may hold a password.
process.title = 'flash';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
// A closed pipe must not break a transfer.
stdout.on('error', () => {});

const write = (text: string): void => void stdout.write(text);

process.exitCode = await runFlash(process.argv.slice(2), {
  write,
  isTerminal: stdout.isTTY === true,
  columns: stdout.columns,
  rows: stdout.rows,
  environment: process.env,
  ask: stdin.isTTY ? (question) => askHidden(question, stdin, write) : undefined,
  signal: stop.signal,
});
