// The brokers of a run: a cluster of our own, or somebody's, whose end is played by cutting the lights' connections.

import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import { isInstalled } from '../../sim/broker/daemon.ts';
import { createNatsCluster } from '../../sim/broker/nats.ts';
import { createRabbitMqCluster, isRabbitMqInstalled } from '../../sim/broker/rabbitmq.ts';
import type { FleetOrder } from './arguments.ts';
import { failure } from './exits.ts';
import type { Address } from './lights.ts';
import type { Order } from './messages.ts';

/** A broker that can be ended. */
export interface Node {
  address: Address;
  /** At once: SIGKILL. */
  kill(): Promise<void>;
  /** In order: SIGTERM. */
  stop(): Promise<void>;
  /** Resolves when it serves. */
  start(): Promise<void>;
  /** Megabytes and seconds of processor time so far; undefined where nobody can tell. */
  usage(): { rssBytes: number; cpuS: number } | undefined;
}

/** The brokers of a run. */
export interface Brokers {
  /** For people. */
  name: string;
  nodes: Node[];
  dispose(): Promise<void>;
}

/** RabbitMQ 3.10 needs up to two minutes when all its nodes have died at once. */
const SERVE_LIMIT_MS = 240_000;
const PROBE_MS = 5_000;
const PROBE_PAUSE_MS = 200;

const CLUSTERS = {
  rabbitmq: {
    create: () => createRabbitMqCluster(),
    isThere: isRabbitMqInstalled,
    program: 'rabbitmq-server',
    name: 'RabbitMQ',
  },
  nats: {
    create: (lights: number) => createNatsCluster(3, lights),
    isThere: () => isInstalled('nats-server'),
    program: 'nats-server',
    name: 'NATS',
  },
};

/** Waits until a broker that listens answers a CONNECT: the cluster may have to agree on something first. */
async function untilItServes(port: number): Promise<void> {
  for (const deadlineMs = Date.now() + SERVE_LIMIT_MS; ;) {
    try {
      const client = await mqtt.connectAsync(
        `mqtt://127.0.0.1:${port}`,
        { connectTimeout: PROBE_MS, reconnectPeriod: 0 },
        false,
      );
      return void client.end(true);
    } catch (error) {
      if (Date.now() > deadlineMs)
        throw failure('notStarted', `port ${port} does not serve: ${(error as Error).message}`);
      await sleep(PROBE_PAUSE_MS);
    }
  }
}

async function startCluster(kind: keyof typeof CLUSTERS, lights: number): Promise<Brokers> {
  const { create, isThere, program, name } = CLUSTERS[kind];
  if (!isThere()) throw failure('notStarted', `install ${program}, or use brokers of your own with --broker`);
  try {
    const cluster = await create(lights);
    const nodes = cluster.nodes.map(({ port, kill, stop, start, usage }) => ({
      ...{ address: { host: '127.0.0.1', port }, kill, stop, usage },
      start: () => start().then(() => untilItServes(port)),
    }));
    return { name: `${name} cluster of ${nodes.length}`, nodes, dispose: cluster.dispose };
  } catch (error) {
    throw failure('notStarted', (error as Error).message);
  }
}

/** Leaves the brokers alone. @param order gives an order to the lights */
function createForeign(addresses: Address[], order: (order: Order) => void): Brokers {
  const cut = (broker: number, isCut: boolean) => () => Promise.resolve(order({ do: 'cut', broker, isCut }));
  const nodes = addresses.map((address, at) => ({
    ...{ address, kill: cut(at, true), stop: cut(at, true), start: cut(at, false), usage: () => undefined },
  }));
  return {
    name: addresses.map(({ host, port }) => `${host}:${port}`).join(', '),
    nodes,
    dispose: () => Promise.resolve(),
  };
}

/**
 * Starts the cluster, or takes the brokers that there are.
 * @param order gives an order to the lights
 * @throws Failure notStarted
 */
export function openBrokers({ cluster, brokers, nodes }: FleetOrder, order: (order: Order) => void): Promise<Brokers> {
  return cluster ? startCluster(cluster, nodes) : Promise.resolve(createForeign(brokers, order));
}
