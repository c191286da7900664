// Listens at a broker for a while, and keeps what the lights have told. It only subscribes, and publishes nothing.

import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { MqttClient } from 'mqtt';
import type { DoctorOrder } from './arguments.ts';
import { failure } from './exits.ts';
import { createPacketFilter } from './packetFilter.ts';
import { createRecord, type SeenRecord } from './seen.ts';

/** For a broker far away; one in the house answers within milliseconds. */
const ANSWER_MS = 8_000;

const LEAVES = ['status', 'state', 'info'];

type Broker = DoctorOrder['broker'];

const placeOf = ({ host, port }: Broker): string => `${host}:${port}`;

async function open(broker: Broker, signal: AbortSignal): Promise<Socket> {
  const socket = connect(broker);
  try {
    await once(socket, 'connect', { signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_MS)]) });
    return socket;
  } catch (error) {
    socket.destroy();
    const { code = '' } = error as NodeJS.ErrnoException;
    throw failure('unreachable', `no broker at ${placeOf(broker)} (${code === 'ABORT_ERR' ? 'no answer' : code})`);
  }
}

/** Puts the client on the socket, with the filter in front of it. */
function createClient(socket: Socket, record: SeenRecord, { username, password }: DoctorOrder): MqttClient {
  const filter = createPacketFilter(record.ignore);
  socket.on('error', (error) => filter.destroy(error));
  socket.on('close', () => filter.end());
  const stream = Duplex.from({ readable: socket.pipe(filter), writable: socket });
  stream.on('end', () => stream.destroy()); // only now, so that a refusal before the end is read
  return new MqttClient(() => stream, {
    clientId: `doctor${randomBytes(6).toString('hex')}`,
    protocolVersion: 4,
    reconnectPeriod: 0,
    connectTimeout: ANSWER_MS,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
  });
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

async function listen(client: MqttClient, record: SeenRecord, order: DoctorOrder, over: AbortSignal): Promise<void> {
  client.on('message', (topic, payload, { retain }) => record.take({ topic, payload: payload.toString(), retain }));
  await new Promise((resolve) => client.once('connect', resolve));
  const names = order.names.length > 0 ? order.names : ['+'];
  const topics = names.flatMap((name) => LEAVES.map((leaf) => `light/${name}/${leaf}`));
  await client.subscribeAsync(topics, { qos: 0 }).catch(() => {
    throw failure('refused', `${placeOf(order.broker)} does not let this user read ${topics[0]}`);
  });
  await sleep(order.waitS * 1000, undefined, { signal: over });
}

/**
 * Listens for as long as the order says.
 * @param signal ends it early, with an error
 * @throws Failure unreachable or refused
 */
export async function collect(order: DoctorOrder, signal: AbortSignal): Promise<SeenRecord> {
  const record = createRecord();
  const socket = await open(order.broker, signal);
  const client = createClient(socket, record, order);
  const over = new AbortController();
  const loss = lossOf(client, placeOf(order.broker));
  const stop = (): void => void client.end(true);
  signal.addEventListener('abort', stop);
  try {
    await Promise.race([loss, listen(client, record, order, over.signal)]);
  } finally {
    signal.removeEventListener('abort', stop);
    over.abort();
    client.end(true);
    socket.destroy();
  }
  return record;
}
