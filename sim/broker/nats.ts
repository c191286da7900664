// Real NATS servers with JetStream and MQTT, alone or as a cluster.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster, type Cluster } from './cluster.ts';
import { createDaemon, freePort, type Daemon } from './daemon.ts';

/** A node that starts again may have thousands of consumers to read. */
const START_LIMIT_MS = 120_000;

interface Node {
  name: string;
  /** Keeps what each subscription at QoS 1 has delivered in memory: it outlives a node of a cluster, but not the whole cluster. */
  inMemory?: boolean;
  /** Listener of the cluster's routes, and those of all nodes. */
  route?: { port: number; all: number[] };
}

const routesOf = ({ port, all }: NonNullable<Node['route']>): string =>
  `cluster {
  name: lights
  listen: "127.0.0.1:${port}"
  routes: [${all.map((each) => `"nats://127.0.0.1:${each}"`).join(', ')}]
}
`;

/** Starts a node. It sends again what has no PUBACK after a second, not at once on a reconnect: 30 s by default. */
async function createNode({ name, inMemory = false, route }: Node): Promise<Daemon> {
  const port = await freePort();
  const own = await freePort();
  return createDaemon({
    ...{ name: 'nats-server', port, limitMs: START_LIMIT_MS },
    prepare(folder) {
      const file = join(folder, 'nats.conf');
      writeFileSync(
        file,
        `server_name: ${name}
listen: "127.0.0.1:${own}"
jetstream { store_dir: "${folder}" }
mqtt { listen: "127.0.0.1:${port}", ack_wait: "1s"${inMemory ? ', consumer_memory_storage: true' : ''} }
${route ? routesOf(route) : ''}`,
      );
      return { args: ['-c', file] };
    },
  });
}

/** Starts one on a port of its own. */
export const createNats = (): Promise<Daemon> => createNode({ name: 'light' });

/** Two subscriptions at QoS 1, with two open files each on every node. */
const FILES_PER_LIGHT = 4;

/** Of the files that a node may open, the rest is for sockets. */
const SHARE_FOR_SESSIONS = 0.3;

/**
 * Starts a cluster; it serves once its nodes have chosen a leader, some seconds later.
 * @param options lights that will come, and how many files a process may open: with too many lights their sessions are kept in memory
 */
export async function createNatsCluster(count = 3, { lights = 0, mostFiles = Infinity } = {}): Promise<Cluster> {
  const inMemory = lights * FILES_PER_LIGHT > mostFiles * SHARE_FOR_SESSIONS;
  const all: number[] = [];
  for (let at = 0; at < count; at += 1) all.push(await freePort());
  return createCluster(
    [],
    all.map((port, at) => () => createNode({ name: `light${at + 1}`, inMemory, route: { port, all } })),
  );
}
