// Whoever commands the fleet: publishes at QoS 1 until a broker has acknowledged it.

import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import { DEFAULT_TOPIC } from '../../settings/schema.ts';
import { failure } from './exits.ts';
import type { Address } from './lights.ts';

const CONNECT_LIMIT_MS = 10_000;
const PAUSE_MS = 500;

async function publishAt({ host, port }: Address, payload: string, pubackLimitMs: number): Promise<void> {
  const client = mqtt.connect({ host, port, protocolVersion: 4, reconnectPeriod: 0, connectTimeout: CONNECT_LIMIT_MS });
  try {
    await new Promise<void>((resolve, reject) => {
      client.on('connect', () => resolve());
      client.on('error', reject);
      client.on('close', () => reject(new Error('closed')));
    });
    const late = sleep(pubackLimitMs, undefined, { ref: false }).then(() => Promise.reject(new Error('no PUBACK')));
    await Promise.race([client.publishAsync(DEFAULT_TOPIC, payload, { qos: 1 }), late]);
  } finally {
    client.on('error', () => {});
    client.end(true);
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
      return await publishAt(addresses[at % addresses.length]!, JSON.stringify({ brightness: level }), patienceS * 500);
    } catch (error) {
      if (Date.now() > deadlineMs)
        throw failure(
          'notStarted',
          `no broker takes a command at QoS 1 (${(error as Error).message}): is MQTT open to everybody there?`,
        );
      await sleep(PAUSE_MS, undefined, { signal });
    }
  }
}
