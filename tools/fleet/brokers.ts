// The brokers of a run: a cluster of our own, or somebody's, whose end is played by cutting the lights' connections.

import { setTimeout as sleep } from 'node:timers/promises';
import { isInstalled } from '../../sim/broker/daemon.ts';
import { createNatsCluster } from '../../sim/broker/nats.ts';
import { createRabbitMqCluster, isRabbitMqInstalled } from '../../sim/broker/rabbitmq.ts';
import { connectBroker } from '../broker.ts';
import { placeOf, type Address } from '../flags.ts';
import type { FleetOrder } from './arguments.ts';
import { failure } from './exits.ts';
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
const PROBE_PAUSE_MS = 200;

/** Who we are at a broker that is open to everybody. */
export const OPEN = { username: undefined, password: undefined };

const CLUSTERS = {
  rabbitmq: {
    create: (_lights: number, signal: AbortSignal) => createRabbitMqCluster(3, signal),
    isThere: isRabbitMqInstalled,
    program: 'rabbitmq-server',
    name: 'RabbitMQ',
  },
  nats: {
    create: (lights: number, signal: AbortSignal) => createNatsCluster(3, lights, signal),
    isThere: () => isInstalled('nats-server'),
    program: 'nats-server',
    name: 'NATS',
  },
};

/** Waits until a broker that listens answers a CONNECT: the cluster may have to agree on something first. */
async function untilItServes(broker: Address, signal: AbortSignal): Promise<void> {
  for (const deadlineMs = Date.now() + SERVE_LIMIT_MS; ;) {
    try {
      const probe = await connectBroker({ ...OPEN, broker }, { tool: 'fleet', signal, stays: false });
      return probe.close();
    } catch (error) {
      if (Date.now() > deadlineMs)
        throw failure('notStarted', `port ${broker.port} does not serve: ${(error as Error).message}`);
      await sleep(PROBE_PAUSE_MS, undefined, { signal });
    }
  }
}

async function startCluster(kind: keyof typeof CLUSTERS, lights: number, signal: AbortSignal): Promise<Brokers> {
  const { create, isThere, program, name } = CLUSTERS[kind];
  if (!isThere()) throw failure('notStarted', `install ${program}, or use brokers of your own with --broker`);
  try {
    const cluster = await create(lights, signal);
    const nodes = cluster.nodes.map(({ port, kill, stop, start, usage }) => {
      const address = { host: '127.0.0.1', port };
      return { address, kill, stop, usage, start: () => start().then(() => untilItServes(address, signal)) };
    });
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
    name: addresses.map(placeOf).join(', '),
    nodes,
    dispose: () => Promise.resolve(),
  };
}

/** What the brokers are opened with. */
interface Opening {
  /** Gives an order to the lights. */
  order(order: Order): void;
  /** Ends every start of a node. */
  signal: AbortSignal;
}

/**
 * Starts the cluster, or takes the brokers that there are.
 * @throws Failure notStarted
 */
export function openBrokers({ cluster, brokers, nodes }: FleetOrder, { order, signal }: Opening): Promise<Brokers> {
  return cluster ? startCluster(cluster, nodes, signal) : Promise.resolve(createForeign(brokers, order));
}
