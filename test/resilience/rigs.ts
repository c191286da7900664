// Sets up what every scenario needs: a board, a line with faults, a broker and a client that sends commands.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import type { MosquittoOptions } from '../../sim/broker/mosquitto.ts';
import { createProxy, type Proxy } from '../../sim/network/proxy.ts';
import type { BoardOptions } from '../../sim/board/board.ts';
import type { Device, DeviceOptions } from './device.ts';
import { createWire, type Wire } from './wire.ts';
import { FIRMWARE } from '../support/firmware.ts';

/** Short, but long enough that a PINGRESP may be a quarter of a second late on a busy machine. */
export const KEEP_ALIVE_S = 10;

/** Default limit of a wait in wall milliseconds, for a busy machine. */
const PATIENCE_MS = 15_000;

/** The default command topic. */
export const COMMANDS = 'home/bedroom/light';

/** A broker that can be stopped and started. */
export interface BrokerUnderTest {
  readonly port: number;
  stop(): Promise<void>;
  start(): Promise<unknown>;
  kill(): Promise<void>;
  /** Stops answering without closing; undefined where the broker lives in this process. */
  freeze?(): void;
  thaw?(): void;
  dispose(): Promise<void>;
}

/** A board with all around it. */
export interface Rig {
  readonly device: Device;
  readonly broker: BrokerUnderTest;
  /** Between the board and the broker. */
  readonly proxy: Proxy;
  readonly wire: Wire;
  /** `light/<name>` of the board. */
  readonly topic: string;
  /** Sends a command at QoS 1; resolves when the broker has it. */
  send(payload: string, how?: { topic?: string; retain?: boolean }): Promise<void>;
  /** Reads the retained message of a topic, '' for none. */
  retained(topic: string): Promise<string>;
  /** Polls until the condition holds. @throws AssertionError with the board's console */
  until(holds: () => boolean | Promise<boolean>, what: string, limitMs?: number): Promise<void>;
  /** Waits for a console line from index `from` on; returns the index after it. */
  line(pattern: RegExp, from?: number): Promise<number>;
  /** The client identifier of each session, oldest first. */
  identifiers(): string[];
}

/** Options of a rig. */
export interface RigOptions {
  settings?: object;
  speed?: number;
  board?: BoardOptions;
  /** Where the broker is a mosquitto; it keeps its sessions by default. */
  mosquitto?: MosquittoOptions;
  /** Leaves the board without power. */
  isOff?: boolean;
}

/** A test, or one run of a property: disposes of the rig at its end. */
export interface Scope {
  after(end: () => Promise<void>): void;
}

/** Reads a retained message with a client of its own; that client's own message arrives after the retained one. */
async function askRetained(port: number, topic: string): Promise<string> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`);
  const behind = `behind/${client.options.clientId}`;
  let kept = '';
  const asked = new Promise<void>((resolve) => {
    client.on('message', (from, payload, { retain }) => {
      if (from === behind) resolve();
      else if (retain) kept = payload.toString('latin1');
    });
  });
  await client.subscribeAsync([topic, behind]);
  await client.publishAsync(behind, '.');
  await asked;
  await client.endAsync(true);
  return kept;
}

let boardsMade = 0;

/** What to build a rig of. */
export interface Parts {
  broker(options: RigOptions): Promise<BrokerUnderTest>;
  device(options: DeviceOptions): Promise<Device>;
  /** Chip seconds per wall second. */
  speed: number;
}

/** Creates a rig; its board is connected, unless `isOff`. */
export async function createRig(make: Parts, scope: Scope, options: RigOptions = {}): Promise<Rig> {
  const { settings, speed = make.speed, board } = options;
  const serial = `c0ffee00-${(boardsMade += 1).toString(16).padStart(4, '0')}`;
  const wire = createWire();
  const broker = await make.broker(options);
  const proxy = await createProxy({ target: broker.port, onBytes: wire.record });
  const device = await make.device({
    settings: { broker: `127.0.0.1:${proxy.port}`, keepAliveS: KEEP_ALIVE_S, ...settings },
    ...{ firmware: FIRMWARE, speed, serial },
    ...(board ? { board } : {}),
  });
  const publisher = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 20 });
  publisher.on('error', () => {});
  scope.after(async () => {
    await device.dispose();
    await publisher.endAsync(true);
    await proxy.stop();
    await broker.dispose();
  });

  const rig: Rig = {
    ...{ device, broker, proxy, wire },
    topic: `light/light-${serial.replace('-', '')}`,
    send: async (payload, { topic = COMMANDS, retain = false } = {}) =>
      void (await publisher.publishAsync(topic, payload, { qos: 1, retain })),
    retained: (topic) => askRetained(broker.port, topic),
    async until(holds, what, limitMs = PATIENCE_MS) {
      for (const deadline = Date.now() + limitMs; !(await holds()); await sleep(4))
        assert.ok(Date.now() < deadline, `${what} within ${limitMs} ms; the console:\n${device.console.join('\n')}`);
    },
    async line(pattern, from = 0) {
      const find = (): number => device.console.findIndex((line, at) => at >= from && pattern.test(line));
      await rig.until(() => find() >= 0, `a line ${pattern}`);
      return find() + 1;
    },
    identifiers: () => device.console.flatMap((line) => /^mqtt connected as (\w+)/.exec(line)?.[1] ?? []),
  };
  if (options.isOff) return rig;
  device.powerOn();
  await rig.line(/^mqtt connected/);
  return rig;
}
