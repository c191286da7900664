// The brokers that the light is measured against, with one face; and the person who sends the commands.

import mqtt from 'mqtt';
import { createBroker } from '../sim/broker/embedded.ts';
import { createMosquitto, mosquittoAvailable } from '../sim/broker/mosquitto.ts';
import type { Lab } from './lab.ts';

/** A broker on 127.0.0.1. */
export interface BenchBroker {
  readonly name: string;
  readonly port: number;
  /** Stops it, and starts it on the same port. */
  restart(): Promise<void>;
  dispose(): Promise<void>;
}

async function startAedes(): Promise<BenchBroker> {
  const broker = createBroker();
  await broker.start();
  return { name: 'aedes', port: broker.port, restart: () => broker.restart(), dispose: () => broker.stop() };
}

async function startMosquitto(): Promise<BenchBroker> {
  // Without its log, which is a line per packet: this process would be busy reading it.
  const { port, restart, dispose } = await createMosquitto({ settings: ['log_type none'] });
  return { name: 'mosquitto', port, restart, dispose };
}

/** What to read where a broker is left out. */
export const missingBrokers = (): string[] =>
  mosquittoAvailable() ? [] : ['mosquitto left out: install it (Debian: apt install mosquitto)'];

/** Runs a measurement with each broker of this machine, one after the other. */
export async function withEachBroker(lab: Lab, measure: (broker: BenchBroker) => Promise<void>): Promise<void> {
  for (const start of mosquittoAvailable() ? [startAedes, startMosquitto] : [startAedes]) {
    const broker = lab.use(await start());
    lab.progress(`  ${broker.name}\n`);
    await measure(broker);
    await lab.clear();
  }
}

/** A broker for measurements to which it does not matter which. */
export const anyBroker = async (lab: Lab): Promise<BenchBroker> => lab.use(await startAedes());

/** Someone who publishes commands. */
export interface Publisher {
  /** Turns the lamp on and off in turns: every message of it changes the lamp. */
  next(topic: string, qos: 0 | 1): void;
  dispose(): Promise<void>;
}

/** Connects a publisher. */
export async function createPublisher(port: number): Promise<Publisher> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
  client.on('error', () => {});
  let sent = 0;
  return {
    next(topic, qos) {
      sent += 1;
      client.publish(topic, sent % 2 ? 'on' : 'off', { qos });
    },
    dispose: () => client.endAsync(true),
  };
}
