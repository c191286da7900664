// Real RabbitMQ nodes with their MQTT plugin, alone or as a cluster, and an Erlang port mapper of their own.

import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster, type Cluster } from './cluster.ts';
import { createDaemon, freePort, type Daemon } from './daemon.ts';

/** The one on Debian's PATH becomes another user, who may not read our folder. */
const COMMAND = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** A node alone takes seconds, and minutes when it has to catch up with ten thousand queues on a busy computer. */
const START_LIMIT_MS = 300_000;

/**
 * For 20,000 quorum queues. A node books five files for each queue that it leads, and two for each other one, and takes no
 * connection when `ulimit -n` is booked up; it opens far fewer.
 */
const BOOKED_FILES = 100_000;

/** Nodes that share two cores must not spin while they wait. */
const ERLANG_FLAGS = `+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none -rabbit file_handles_high_watermark ${BOOKED_FILES}`;

/** Whether there is one on this machine. */
export const isRabbitMqInstalled = (): boolean => existsSync(COMMAND);

/** What the nodes of a cluster share. */
interface Shared {
  mapperPort: number;
  cookie: string;
  /** Names of all nodes. */
  names: string[];
  signal: AbortSignal | undefined;
}

/** Sessions on classic queues would be gone with their node; quorum queues are on all nodes. */
const configuration = (port: number, names: string[]): string =>
  [
    'listeners.tcp = none',
    `mqtt.listeners.tcp.1 = 127.0.0.1:${port}`,
    'mqtt.tcp_listen_options.backlog = 4096',
    'mqtt.tcp_listen_options.nodelay = true',
    'mqtt.allow_anonymous = true',
    'loopback_users = none',
    ...(names.length > 1
      ? [
          'mqtt.durable_queue_type = quorum',
          'cluster_formation.peer_discovery_backend = classic_config',
          ...names.map((name, at) => `cluster_formation.classic_config.nodes.${at + 1} = ${name}`),
        ]
      : []),
    '',
  ].join('\n');

async function createNode(name: string, { mapperPort, cookie, names, signal }: Shared): Promise<Daemon> {
  const [port, distribution] = [await freePort(), await freePort()];
  return createDaemon({
    ...{ name: 'rabbitmq-server', command: COMMAND, port, limitMs: START_LIMIT_MS, signal },
    prepare(folder) {
      const [config, plugins] = [join(folder, 'rabbitmq.conf'), join(folder, 'plugins')];
      writeFileSync(config, configuration(port, names));
      writeFileSync(plugins, '[rabbitmq_mqtt].\n');
      writeFileSync(join(folder, '.erlang.cookie'), cookie, { mode: 0o400 });
      return {
        args: [],
        env: {
          HOME: folder,
          ERL_EPMD_ADDRESS: '127.0.0.1',
          ERL_EPMD_PORT: String(mapperPort),
          RABBITMQ_NODENAME: name,
          RABBITMQ_DIST_PORT: String(distribution),
          RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: ERLANG_FLAGS,
          RABBITMQ_CONFIG_FILE: config,
          RABBITMQ_ENABLED_PLUGINS_FILE: plugins,
          RABBITMQ_MNESIA_BASE: folder,
          RABBITMQ_LOG_BASE: folder,
          RABBITMQ_LOGS: '-',
        },
      };
    },
  });
}

/** Starts a cluster: the first node alone, for the others to join. Takes some ten seconds. */
export async function createRabbitMqCluster(count = 3, signal?: AbortSignal): Promise<Cluster> {
  const mapperPort = await freePort();
  const names = Array.from({ length: count }, (_, at) => `light${mapperPort}n${at + 1}@localhost`);
  const shared = { mapperPort, names, signal, cookie: randomBytes(16).toString('hex') };
  const mapper = await createDaemon({
    ...{ name: 'epmd', port: mapperPort, limitMs: 5_000 },
    prepare: () => ({ args: ['-port', String(mapperPort), '-address', '127.0.0.1'] }),
  });
  return createCluster(
    [mapper],
    names.map((name) => () => createNode(name, shared)),
  );
}

/** Starts one on a port of its own; takes some seconds. */
export async function createRabbitMq(): Promise<Daemon> {
  const { nodes, dispose } = await createRabbitMqCluster(1);
  return { ...nodes[0]!, dispose };
}
