// Real NATS servers with JetStream and MQTT, alone or as a cluster.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster, type Cluster } from './cluster.ts';
import { createDaemon, freePort, type Daemon } from './daemon.ts';

/** A node that starts again may have thousands of consumers to read. */
const START_LIMIT_MS = 120_000;

interface Node {
  name: string;
  /** Keeps what each subscription at QoS 1 has delivered on one node instead of all. */
  isLean?: boolean;
  signal?: AbortSignal | undefined;
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
async function createNode({ name, isLean = false, signal, route }: Node): Promise<Daemon> {
  const port = await freePort();
  const own = await freePort();
  return createDaemon({
    ...{ name: 'nats-server', port, limitMs: START_LIMIT_MS, signal },
    prepare(folder) {
      const file = join(folder, 'nats.conf');
      writeFileSync(
        file,
        `server_name: ${name}
listen: "127.0.0.1:${own}"
jetstream { store_dir: "${folder}" }
mqtt { listen: "127.0.0.1:${port}", ack_wait: "1s"${isLean ? ', consumer_replicas: 1' : ''} }
${route ? routesOf(route) : ''}`,
      );
      return { args: ['-c', file] };
    },
  });
}

/** Starts one on a port of its own. */
export const createNats = (): Promise<Daemon> => createNode({ name: 'light' });

/**
 * Each subscription at QoS 1 is a consumer, and in a cluster a Raft group of its own that beats every second: on two cores some
 * 2,000 lights with two each are the end (2.9). With one replica there is no Raft, and a session waits for its node to come back.
 */
const MOST_LIGHTS_WITH_REPLICAS = 1_000;

/** Starts a cluster; it serves once its nodes have chosen a leader, some seconds later. @param lights that will come */
export async function createNatsCluster(count = 3, lights = 0, signal?: AbortSignal): Promise<Cluster> {
  const isLean = lights > MOST_LIGHTS_WITH_REPLICAS;
  const all: number[] = [];
  for (let at = 0; at < count; at += 1) all.push(await freePort());
  return createCluster(
    [],
    all.map((port, at) => () => createNode({ name: `light${at + 1}`, isLean, signal, route: { port, all } })),
  );
}
