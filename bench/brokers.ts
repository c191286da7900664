// The brokers that the light is measured with, behind one interface, and a client that sends the commands.

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
  // Without its log of a line per packet, which this process would have to read.
  const { port, restart, dispose } = await createMosquitto({ settings: ['log_type none'] });
  return { name: 'mosquitto', port, restart, dispose };
}

/** Notes for a table without mosquitto. */
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

/** Starts a broker, where any will do. */
export const anyBroker = async (lab: Lab): Promise<BenchBroker> => lab.use(await startAedes());

/** A client that publishes commands. */
export interface Publisher {
  /** Publishes `on` and `off` in turns, so that every message changes the lamp. */
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
