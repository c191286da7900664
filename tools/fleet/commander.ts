// Whoever commands the fleet: publishes at QoS 1 until a broker has acknowledged it.

import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_TOPIC } from '../../settings/schema.ts';
import { acknowledged, connectBroker } from '../broker.ts';
import type { Address } from '../flags.ts';
import { OPEN } from './brokers.ts';
import { failure } from './exits.ts';

const PAUSE_MS = 500;

async function publishAt(broker: Address, payload: string, limitMs: number, signal: AbortSignal): Promise<void> {
  const options = { tool: 'fleet', signal, stays: false };
  const { client, loss, close } = await connectBroker({ ...OPEN, broker }, options);
  try {
    const puback = client.publishAsync(DEFAULT_TOPIC, payload, { qos: 1 });
    await acknowledged(Promise.race([loss, puback]), { limitMs, signal, words: 'no PUBACK' });
  } finally {
    close();
  }
}

/**
 * Sets the brightness of all lights, at QoS 1; resolves when a broker has acknowledged it.
 * @param patienceS how long all brokers together may refuse it; half of it for one PUBACK, as a cluster that writes to ten
 *   thousand sessions first takes its time
 * @throws Failure notStarted
 */
export async function commandAll(
  addresses: Address[],
  level: number,
  { patienceS, signal }: { patienceS: number; signal: AbortSignal },
): Promise<void> {
  const deadlineMs = Date.now() + patienceS * 1000;
  for (let at = 0; ; at += 1) {
    try {
      const payload = JSON.stringify({ brightness: level });
      return await publishAt(addresses[at % addresses.length]!, payload, patienceS * 500, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (Date.now() > deadlineMs)
        throw failure(
          'notStarted',
          `no broker takes a command at QoS 1 (${(error as Error).message}): is MQTT open to everybody there?`,
        );
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }
}
