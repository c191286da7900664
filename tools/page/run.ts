// `npm run page`: the lights of a broker on a page, until Ctrl-C.

import { once } from 'node:events';
import { printable } from '../printable.ts';
import { placeOf } from '../flags.ts';
import { HELP, parseArguments, type PageOrder } from './arguments.ts';
import { createDocuments } from './documents.ts';
import { asFailure, EXIT } from './exits.ts';
import { watchLights } from './lights.ts';
import { createRollOuts } from './rollOuts.ts';
import { createPageServer } from './server.ts';

/** The world around the tool; tests bring their own. */
export interface PageHost {
  write(text: string): void;
  note(text: string): void;
  /** Ends it. */
  signal: AbortSignal;
  env?: NodeJS.ProcessEnv;
}

async function show({ rollOuts: options, port, host }: PageOrder, { write, signal }: PageHost): Promise<void> {
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
export async function runPage(argv: string[], host: PageHost): Promise<number> {
  try {
    const order = parseArguments(argv, host.env ?? process.env);
    if (order) await show(order, host);
    else host.write(HELP);
    return EXIT.ended;
  } catch (error) {
    if (host.signal.aborted) return EXIT.ended;
    const { exit, message } = asFailure(error);
    host.note(`page: ${printable(message, Infinity)}\n`);
    return EXIT[exit];
  }
}
