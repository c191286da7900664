// `npm run monitor`: shows the console of boards.

import { stdout } from 'node:process';
import { runMonitor } from './flash/monitor.ts';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
stdout.once('error', () => stop.abort());

process.exitCode = await runMonitor(process.argv.slice(2), {
  write: (text) => void stdout.write(text),
  isTerminal: stdout.isTTY === true,
  signal: stop.signal,
});
