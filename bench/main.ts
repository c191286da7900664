// `npm run bench`: measures how fast the light obeys, how soon it is back, and what it costs the chip.

import { stdout } from 'node:process';
import { runBench } from './run.ts';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
// A closed pipe ends the measurements without a stack trace.
stdout.on('error', () => stop.abort());

const exitCode = await runBench(process.argv.slice(2), {
  write: (text) => void stdout.write(text),
  progress: (text) => void process.stderr.write(text),
  signal: stop.signal,
});
// An interrupted measurement may still wait for something, though all that it has started is disposed of.
stdout.write('', () => process.exit(exitCode));
