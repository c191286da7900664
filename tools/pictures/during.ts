// Runs a tool with a page while somebody looks at it.

import { setTimeout as sleep } from 'node:timers/promises';
import type { runPage } from '../page/run.ts';
import type { runSimulation } from '../simulate/run.ts';

const START_MS = 120_000;

/** Runs a tool while `use` needs it. */
export async function during(
  run: typeof runPage | typeof runSimulation,
  argv: string[],
  use: () => Promise<void>,
): Promise<void> {
  const stop = new AbortController();
  let text = '';
  const write = (more: string): void => void (text += more);
  const exit = run(argv, { write, note: write, environment: {}, signal: stop.signal });
  for (const endMs = Date.now() + START_MS; !/http[^\n]*\n/.test(text); await sleep(50))
    if (Date.now() > endMs) throw new Error(text || 'a tool does not start');
  await use();
  stop.abort();
  await exit;
}
