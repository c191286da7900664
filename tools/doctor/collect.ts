// Listens at a broker for a while, and keeps what the lights have told. It only subscribes, and publishes nothing.

import { setTimeout as sleep } from 'node:timers/promises';
import type { MqttClient } from 'mqtt';
import { connectBroker, readTopics } from '../broker.ts';
import { LEAVES } from '../info.ts';
import type { DoctorOrder } from './arguments.ts';
import { createRecord, type SeenRecord } from './seen.ts';

async function listen(client: MqttClient, record: SeenRecord, order: DoctorOrder, over: AbortSignal): Promise<void> {
  const names = order.names.length > 0 ? order.names : ['+'];
  const topics = names.flatMap((name) => LEAVES.map((leaf) => `light/${name}/${leaf}`));
  await readTopics(client, order, { topics, qos: 0, take: record.take, signal: over });
  await sleep(order.waitS * 1000, undefined, { signal: over });
}

/**
 * Listens for as long as the order says.
 * @param signal ends it early, with an error
 * @throws Failure unreachable or refused
 */
export async function collect(order: DoctorOrder, signal: AbortSignal): Promise<SeenRecord> {
  const record = createRecord();
  const options = { tool: 'doctor', signal, stays: false, onSkipped: record.ignore };
  const { client, loss, close } = await connectBroker(order, options);
  const over = new AbortController();
  try {
    await Promise.race([loss, listen(client, record, order, AbortSignal.any([signal, over.signal]))]);
  } finally {
    over.abort();
    close();
  }
  return record;
}
