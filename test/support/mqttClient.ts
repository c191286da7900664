// MQTT clients for tests: not our own code, so that they can check it.

import { once, type EventEmitter } from 'node:events';
import type { TestContext } from 'node:test';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';

/** Starts to connect; does not retry, and closes when the test ends. */
export function dial(t: TestContext, port: number, options: IClientOptions = {}): MqttClient {
  const client = mqtt.connect(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0, ...options });
  client.on('error', () => {});
  t.after(() => client.end(true));
  return client;
}

/** Connects a client, and waits for CONNACK. */
export async function connectClient(t: TestContext, port: number, options: IClientOptions = {}): Promise<MqttClient> {
  const client = dial(t, port, options);
  await next(client, 'connect');
  return client;
}

/** Waits for an event of a client; gives its arguments. */
export function next(client: MqttClient, event: 'connect' | 'close' | 'error' | 'message'): Promise<unknown[]> {
  return once(client as unknown as EventEmitter, event) as Promise<unknown[]>;
}

/** Waits for the next message; gives `topic payload`. */
export async function nextMessage(client: MqttClient): Promise<string> {
  const [topic, payload] = await next(client, 'message');
  return `${String(topic)} ${String(payload)}`;
}
