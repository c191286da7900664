// `npm run page`: the lights of a broker on a page, until Ctrl-C.

import { once } from 'node:events';
import { placeOf } from '../flags.ts';
import type { ProcessHost } from '../process.ts';
import { HELP, parseArguments, type PageOrder } from './arguments.ts';
import { createDocuments } from './documents.ts';
import { exitCodeOf } from './exits.ts';
import { watchLights } from './lights.ts';
import { createRollOuts } from './rollOuts.ts';
import { createPageServer } from './server.ts';

type Host = Pick<ProcessHost, 'write' | 'note' | 'environment' | 'signal'>;

async function show({ rollOuts: options, port, host }: PageOrder, { write, signal }: Host): Promise<void> {
  const documents = createDocuments();
  const access = options.fleet;
  const place = placeOf(access.broker);
  documents.set('place', { kind: 'lights', broker: place });
  const lights = await watchLights(access, documents, signal);
  const rollOuts = createRollOuts(options, documents);
  try {
    const actions = { ...lights.actions, ...rollOuts.actions };
    const server = await createPageServer({ host, port, documents, actions });
    write(`The lights of ${place}: ${server.url}\n`);
    if (!signal.aborted) await once(signal, 'abort');
    await server.close();
  } finally {
    await rollOuts.close();
    await lights.close();
  }
}

/**
 * Shows the page until it is aborted.
 * @returns the exit code
 */
export function runPage(argv: string[], host: Host): Promise<number> {
  async function work() {
    const order = parseArguments(argv, host.environment);
    if (order) await show(order, host);
    else host.write(HELP);
    return 'ended' as const;
  }
  return exitCodeOf('page', work, { print: host.note, signal: host.signal, aborted: 'ended' });
}
