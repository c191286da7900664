// The boards at a broker: finds them, says which of them take updates, and sends them signed messages.

import type { MqttClient } from 'mqtt';
import { connectBroker, readTopics, type BrokerAccess } from '../broker.ts';
import { printable } from '../printable.ts';
import type { BoardReport, Report } from '../report.ts';
import type { ProcessHost } from '../process.ts';
import { boardKeys, readMasterKey, type BoardKeys } from '../keys.ts';
import { failure, type Exit, type Failure } from './exits.ts';
import type { FleetOrder } from './fleetFlags.ts';
import { createLights, LEAVES, type Light, type Lights } from './lights.ts';
import { ATTEMPTS, LIMITS, type Limits } from './limits.ts';
import { OLD_COUNTER, refusal } from './outcome.ts';
import { createCounter, updateTopic } from './wire.ts';

/** Who watches work on boards. */
export interface Watch {
  report: Report;
  /** Ctrl-C. */
  signal: AbortSignal;
  limits?: Limits;
}

/** What the tools need of their process; tests pass their own. */
export type Host = Omit<ProcessHost, 'note'> & Pick<Watch, 'limits'>;

/** The boards at a broker. */
export interface Fleet {
  lights: Lights;
  client: MqttClient;
  limits: Limits;
  /** Ctrl-C. */
  signal: AbortSignal;
  /**
   * Hears the boards at another broker as well.
   * @throws Failure unreachable or refused
   */
  hearAlso(access: BrokerAccess): Promise<void>;
  close(): void;
  /**
   * Sends a board a message until it reacts.
   * @param message makes it
   * @param react finds the reaction
   * @throws Failure silent
   */
  ask<T>(light: Light, message: (counter: number, keys: BoardKeys) => Buffer, react: () => T | undefined): Promise<T>;
}

/** Work on one board. */
export interface BoardWork {
  light: Light;
  report: BoardReport;
}

const MQTT_QUESTION = 'MQTT password (not shown; Enter for none): ';

/**
 * Reads the owner's master key.
 * @throws Failure badArguments
 */
function masterKey(path: string): Buffer {
  const key = readMasterKey(path);
  if (key) return key;
  throw failure('badArguments', `no master key ${path}: npm run flash makes it, and gives each board its own of it`);
}

/** Connects, and hears boards. */
async function hear(access: BrokerAccess, names: string[], lights: Lights, signal: AbortSignal) {
  const connection = await connectBroker(access, { tool: 'update', signal, stays: true });
  const { client, close } = connection;
  const topics = names.flatMap((name) => LEAVES.map((leaf) => `light/${name}/${leaf}`));
  await readTopics(client, access, { topics, qos: 1, take: lights.take, signal }).catch((error: unknown) => {
    close();
    throw error;
  });
  return connection;
}

/** Adds the password, if there must be one. */
export async function withPassword<T extends FleetOrder>(order: T, { ask }: Host): Promise<T> {
  if (order.username === undefined || order.password !== undefined) return order;
  return { ...order, password: (await ask?.(MQTT_QUESTION)) || undefined };
}

/** Connects to the broker, and hears its boards. */
async function openFleet(order: FleetOrder, { signal, limits = LIMITS }: Watch, names: string[]): Promise<Fleet> {
  const master = masterKey(order.masterKey);
  const lights = createLights();
  const counter = createCounter();
  const heard = names.length > 0 ? names : ['+'];
  const connections = [await hear(order, heard, lights, signal)];
  const { client } = connections[0]!;
  const close = (): void => connections.forEach((connection) => connection.close());
  const isKnown = (name: string): boolean => {
    const { isOnline, info } = lights.light(name);
    return isOnline !== undefined && info !== undefined;
  };
  const all = () => (order.names.length > 0 && order.names.every(isKnown)) || undefined;
  await lights.wait(all, order.waitS * 1000, signal).catch((error: unknown) => {
    close();
    throw error;
  });
  return {
    ...{ lights, client, limits, signal, close },
    hearAlso: async (access) => void connections.push(await hear(access, heard, lights, signal)),
    async ask(light, message, react) {
      const keys = boardKeys(master, light.info?.serial ?? '');
      for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
        client.publish(updateTopic(light.name), message(counter(), keys), { qos: 1 });
        const reaction = await lights.wait(react, limits.answerMs, signal);
        if (reaction !== undefined) return reaction;
        if (light.info?.update === `refused: ${OLD_COUNTER}`) throw refusal(OLD_COUNTER);
      }
      throw failure('silent', 'it does not answer: run this again when it is back');
    },
  };
}

/**
 * Connects to the broker, hears its boards, and works on them.
 * @param names whose topics to read; empty for all
 * @throws Failure badArguments, unreachable or refused; and what the work throws
 */
export async function withFleet(
  order: FleetOrder,
  watch: Watch,
  work: (fleet: Fleet) => Promise<Exit>,
  names = order.names,
): Promise<Exit> {
  const fleet = await openFleet(order, watch, names);
  try {
    return await work(fleet);
  } finally {
    fleet.close();
  }
}

/** Why a board cannot be updated now; undefined when it can. */
function obstacle({ isOnline, info }: Light): Failure | undefined {
  if (isOnline === undefined && info === undefined)
    return failure('unheard', 'nothing is heard of it: is the name right?');
  if (!isOnline) return failure('unheard', 'it is offline: run this again when it is back');
  if (info === undefined) return failure('unheard', 'it has not told its info yet: run this again');
  if (info.serial !== undefined && info.slot !== undefined) return undefined;
  return failure('flashFirst', 'its program takes no updates: flash it once by USB (npm run flash)');
}

/** The boards that were asked for, in their order: those that can be updated, and the failures of the others. */
export function boardsOf(fleet: Fleet, { names }: FleetOrder, report: Report) {
  const lights = names.length > 0 ? names.map(fleet.lights.light) : fleet.lights.heard();
  if (lights.length === 0)
    throw failure('unheard', 'no board is heard; RabbitMQ tells only those that are named (--name NAME)');
  const boards = lights.map((light) => ({ light, report: report.board(printable(light.name)) }));
  const ready: BoardWork[] = [];
  const failures: Failure[] = [];
  for (const work of boards) {
    const failed = obstacle(work.light);
    if (!failed) ready.push(work);
    else {
      failures.push(failed);
      work.report.step('find');
      work.report.failed(failed.message);
    }
  }
  return { ready, failures };
}
