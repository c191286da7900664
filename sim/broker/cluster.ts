// A cluster of real brokers, each a program of its own on the loopback.

import type { Daemon } from './daemon.ts';

/** A cluster that runs. */
export interface Cluster {
  nodes: Daemon[];
  /** Ends all of them and removes their files. */
  dispose(): Promise<void>;
}

/**
 * Starts the nodes: the first, then the others at once. Those that run are ended when one does not start.
 * @param helpers programs that they need, which end with them
 */
export async function createCluster(
  helpers: Daemon[],
  [first, ...others]: (() => Promise<Daemon>)[],
): Promise<Cluster> {
  const started: Daemon[] = [];
  const start = async (create: () => Promise<Daemon>): Promise<Daemon> => {
    const node = await create();
    started.push(node);
    return node;
  };
  const dispose = async (): Promise<void> =>
    void (await Promise.all([...started, ...helpers].map((daemon) => daemon.dispose())));
  try {
    const nodes = [await start(first!)];
    const rest = await Promise.allSettled(others.map(start));
    for (const outcome of rest) {
      if (outcome.status === 'rejected') throw outcome.reason;
      nodes.push(outcome.value);
    }
    return { nodes, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
