// A connection to an MQTT broker for a tool: its failures have one line each, and no packet of the broker is too large for us.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { MqttClient } from 'mqtt';
import { failure } from './failure.ts';
import { placeOf, type Address } from './flags.ts';
import { createPacketFilter } from './packetFilter.ts';

/** For a broker far away; one in the house answers within milliseconds. */
const ANSWER_MS = 8_000;

/** For the reply to a subscription: a broker with thousands of sessions takes its time. */
const SUBACK_MS = 30_000;

/** A broker that is restarted is away for seconds. */
const RECONNECT_MS = 1_000;

/** Where a broker is, and who we are there. */
export interface BrokerAccess {
  broker: Address;
  username: string | undefined;
  password: string | undefined;
}

/** A message of a broker. */
export interface Message {
  topic: string;
  payload: string;
  /** Whether the broker had kept it. */
  retain: boolean;
}

/** How to connect. */
interface ConnectOptions {
  /** Begins the client identifier. */
  tool: string;
  /** Ends the opening; from then on only `close` ends the connection, so that it can still be tidied up after Ctrl-C. */
  signal: AbortSignal;
  /** Connect again whenever the connection is lost, until it is closed. */
  stays: boolean;
  /** Called for each packet that is left out. */
  onSkipped?(): void;
}

/** A connection to a broker. */
interface BrokerConnection {
  client: MqttClient;
  /** Rejects when the connection is lost for the first time; never resolves. */
  loss: Promise<never>;
  close(): void;
}

async function open(access: BrokerAccess, signal: AbortSignal): Promise<Socket> {
  const socket = connect(access.broker);
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) });
    return socket;
  } catch (error) {
    socket.destroy();
    const { code = '' } = error as NodeJS.ErrnoException;
    throw failure(
      'unreachable',
      `no broker at ${placeOf(access.broker)} (${code === 'ABORT_ERR' ? 'no answer' : code})`,
    );
  }
}

/** Puts the filter on a socket. */
function streamOn(socket: Socket, onSkipped: () => void): Duplex {
  const filter = createPacketFilter(onSkipped);
  socket.on('error', (error) => filter.destroy(error));
  socket.on('close', () => filter.end());
  const stream = Duplex.from({ readable: socket.pipe(filter), writable: socket });
  stream.on('end', () => stream.destroy()); // only now, so that a refusal before the end is read
  return stream;
}

/** Rejects once the connection is lost or refused, or is no MQTT; never resolves. */
function lossOf(client: MqttClient, place: string): Promise<never> {
  return new Promise((_, reject) => {
    client.on('error', (error) => {
      const isRefusal = typeof (error as { code?: unknown }).code === 'number';
      if (isRefusal) reject(failure('refused', `${place}: ${error.message} (--username, --password)`));
      else reject(failure('unreachable', `${place} does not answer as an MQTT broker does`));
    });
    client.on('close', () => reject(failure('unreachable', `${place} closed the connection`)));
  });
}

/**
 * Connects to a broker.
 * @throws Failure unreachable or refused
 */
export async function connectBroker(access: BrokerAccess, options: ConnectOptions): Promise<BrokerConnection> {
  const { tool, signal, stays, onSkipped = () => {} } = options;
  const { username, password } = access;
  const first = await open(access, signal);
  let next: Socket | undefined = first;
  const build = () => {
    const socket = next ?? connect(access.broker);
    next = undefined;
    return streamOn(socket, onSkipped);
  };
  const client = new MqttClient(build, {
    clientId: `${tool}${randomBytes(6).toString('hex')}`,
    protocolVersion: 4,
    reconnectPeriod: stays ? RECONNECT_MS : 0,
    reconnectOnConnackError: stays,
    connectTimeout: ANSWER_MS,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  });
  const close = (): void => {
    client.end(true);
    first.destroy();
  };
  const loss = lossOf(client, placeOf(access.broker));
  loss.catch(() => {}); // whoever needs it awaits it
  signal.addEventListener('abort', close);
  try {
    await Promise.race([loss, new Promise((resolve) => client.once('connect', resolve))]);
  } catch (error) {
    close();
    throw error;
  } finally {
    signal.removeEventListener('abort', close);
  }
  return { client, loss, close };
}

/** How long to wait for a broker. */
interface Patience {
  limitMs: number;
  signal: AbortSignal;
  /** What the failure says. */
  words: string;
}

/**
 * Waits for what a broker must acknowledge: one that has gone, or that hangs up, never does.
 * @throws Failure unreachable after the limit; the signal's reason
 */
export async function acknowledged<T>(answer: Promise<T>, { limitMs, signal, words }: Patience): Promise<T> {
  const over = new AbortController();
  const late = sleep(limitMs, undefined, { signal: AbortSignal.any([signal, over.signal]) });
  try {
    return await Promise.race([answer, late.then(() => Promise.reject(failure('unreachable', words)))]);
  } finally {
    over.abort();
  }
}

/** What to read. */
interface ReadOptions {
  topics: string[];
  qos: 0 | 1;
  take(message: Message): void;
  /** Ends the waiting for the broker's reply. */
  signal: AbortSignal;
}

/**
 * Reads topics: hands on each message, also those that come before the broker has granted the topics.
 * @throws Failure refused or unreachable; the signal's reason
 */
export async function readTopics(client: MqttClient, access: BrokerAccess, options: ReadOptions): Promise<void> {
  const { topics, qos, take, signal } = options;
  client.on('message', (topic, payload, { retain }) => take({ topic, payload: payload.toString(), retain }));
  const granted = client.subscribeAsync(topics, { qos }).catch(() => {
    throw failure('refused', `${placeOf(access.broker)} does not let this user read ${topics[0]}`);
  });
  await acknowledged(granted, {
    limitMs: SUBACK_MS,
    signal,
    words: `${placeOf(access.broker)} does not answer any more`,
  });
}
