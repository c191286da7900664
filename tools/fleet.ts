// `npm run fleet`: thousands of virtual lights on a cluster of brokers whose nodes die, with a picture of how they come back.

import { stderr, stdout } from 'node:process';
import { runFleet } from './fleet/run.ts';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop.abort());
// A closed pipe ends the run without a stack trace.
for (const stream of [stdout, stderr]) stream.on('error', () => stop.abort());

process.exitCode = await runFleet(process.argv.slice(2), {
  write: (text) => void stdout.write(text),
  note: (text) => void stderr.write(text),
  signal: stop.signal,
});
