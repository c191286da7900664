// `npm run page`: the lights of your own broker on a web page.

import { stderr, stdout } from 'node:process';
import { runPage } from './page/run.ts';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
for (const stream of [stdout, stderr]) stream.once('error', () => stop.abort());

process.exitCode = await runPage(process.argv.slice(2), {
  write: (text) => void stdout.write(text),
  note: (text) => void stderr.write(text),
  signal: stop.signal,
});
