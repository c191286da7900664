// Real NATS servers with JetStream and MQTT, alone or as a cluster.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster, type Cluster } from './cluster.ts';
import { createDaemon, freePort, type Daemon } from './daemon.ts';

/** A node that starts again may have thousands of consumers to read. */
const START_LIMIT_MS = 120_000;

interface Node {
  name: string;
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
async function createNode({ name, route }: Node): Promise<Daemon> {
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
mqtt { listen: "127.0.0.1:${port}", ack_wait: "1s" }
${route ? routesOf(route) : ''}`,
      );
      return { args: ['-c', file] };
    },
  });
}

/** Starts one on a port of its own. */
export const createNats = (): Promise<Daemon> => createNode({ name: 'light' });

/** Starts a cluster; it serves once its nodes have chosen a leader, some seconds later. */
export async function createNatsCluster(count = 3): Promise<Cluster> {
  const all: number[] = [];
  for (let at = 0; at < count; at += 1) all.push(await freePort());
  return createCluster(
    [],
    all.map((port, at) => () => createNode({ name: `light${at + 1}`, route: { port, all } })),
  );
}
