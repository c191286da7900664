// `npm run installer`: a page that installs the light from a browser.

import { stdin, stdout } from 'node:process';
import { askHidden } from './flash/ask.ts';
import { runInstaller } from './installer/run.ts';

// The process list shows the title instead of the arguments, which may hold a password.
process.title = 'installer';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
stdout.on('error', () => {});

const write = (text: string): void => void stdout.write(text);

process.exitCode = await runInstaller(process.argv.slice(2), {
  write,
  environment: process.env,
  ask: stdin.isTTY ? (question) => askHidden(question, stdin, write) : undefined,
  signal: stop.signal,
});
