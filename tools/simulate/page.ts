// The page of `npm start`: the table with the virtual boards, the world around them, and the lights as their broker sees them.

import type { VirtualBoard } from '../../sim/board/board.ts';
import { placeOf, type Address } from '../flags.ts';
import { createDocuments } from '../page/documents.ts';
import { watchLights } from '../page/lights.ts';
import { createPageServer } from '../page/server.ts';
import { createTable, type TableOptions } from './table.ts';
import { createWorld, type WorldOptions } from './world.ts';

/** What the page shows, and where. */
export interface TablePageOptions
  extends Pick<TableOptions, 'house' | 'firmware' | 'config'>, Pick<WorldOptions, 'broker' | 'brokerName' | 'command'> {
  address: Address;
  port: number;
  /** Ends the opening. */
  signal?: AbortSignal;
}

/**
 * Opens the page.
 * @throws Error in one line: no broker, or a busy port
 */
export async function openTablePage({ address, port, signal, ...options }: TablePageOptions) {
  const documents = createDocuments();
  const access = { broker: address, username: undefined, password: undefined };
  const target = placeOf(address);
  documents.set('place', { kind: 'table', broker: target });
  const lights = await watchLights(access, documents, signal);
  const world = createWorld({ ...options, documents, target, publish: lights.publish });
  let pages = (): number => 0;
  const table = createTable({ ...options, documents, setWorld: world.set, isWatched: () => pages() > 0 });
  const actions = { ...lights.actions, ...world.actions, ...table.actions };

  async function close(): Promise<void> {
    world.close();
    table.close();
    await lights.close();
  }
  const server = await createPageServer({ host: '127.0.0.1', port, documents, actions }).catch(
    async (error: unknown) => {
      await close();
      throw error;
    },
  );
  pages = server.pages;
  return {
    url: server.url,
    /** Puts the newest board of the house on the table. */
    add: table.add,
    /** A line of a board's console. */
    note: (board: VirtualBoard, line: string): void => table.note(board, line),
    async close(): Promise<void> {
      await server.close();
      await close();
    },
  };
}

/** The page of a simulation. */
export type TablePage = Awaited<ReturnType<typeof openTablePage>>;
