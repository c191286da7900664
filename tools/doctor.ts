// `npm run doctor`: one look at the lights of a broker, one line per finding.

import { stderr, stdout } from 'node:process';
import { runDoctor } from './doctor/run.ts';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
for (const stream of [stdout, stderr]) stream.once('error', () => stop.abort());

process.exitCode = await runDoctor(process.argv.slice(2), {
  write: (text) => void stdout.write(text),
  note: (text) => void stderr.write(text),
  signal: stop.signal,
});
