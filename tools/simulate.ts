// `npm start`: a broker and virtual lights in one process, to try everything without a board.

import { stdout } from 'node:process';
import { runSimulation } from './simulate/run.ts';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
// A closed pipe ends the simulation without a stack trace.
stdout.on('error', () => stop.abort());

process.exitCode = await runSimulation(process.argv.slice(2), {
  write: (text) => void stdout.write(text),
  signal: stop.signal,
});
