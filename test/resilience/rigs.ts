// A board, a line with faults, a broker and a person who sends commands: the bench of every scenario.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import type { MosquittoOptions } from '../../sim/broker/mosquitto.ts';
import { createProxy, type Proxy } from '../../sim/network/proxy.ts';
import type { BoardOptions } from '../../sim/board/board.ts';
import type { Device, DeviceOptions } from './device.ts';
import { createWire, type Wire } from './wire.ts';

/** The bundle under test; FIRMWARE names another, for a look at how a broken one fails. */
export const FIRMWARE = readFileSync(
  process.env['FIRMWARE'] ?? new URL('../../dist/firmware.js', import.meta.url),
  'latin1',
);

/** Short, but a PINGRESP that is a quarter of a second late on a busy machine does not count as lost. */
export const KEEP_ALIVE_S = 10;

/** Longer than anything that is waited for takes on a busy machine, in wall milliseconds. */
const PATIENCE_MS = 15_000;

/** Where commands go, by default. */
export const COMMANDS = 'home/bedroom/light';

/** What the rigs need of a broker. */
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

/** One bench. */
export interface Rig {
  readonly device: Device;
  readonly broker: BrokerUnderTest;
  /** Between the board and the broker. */
  readonly proxy: Proxy;
  readonly wire: Wire;
  /** `light/<name>` of the board. */
  readonly topic: string;
  /** Sends a command, at QoS 1 unless told otherwise; settles when the broker has it. */
  send(payload: string, how?: { topic?: string; qos?: 0 | 1; retain?: boolean }): Promise<void>;
  /** What the broker keeps on a topic, '' for nothing. */
  retained(topic: string): Promise<string>;
  /** Polls until it holds. @throws AssertionError with the board's console */
  until(holds: () => boolean | Promise<boolean>, what: string, limitMs?: number): Promise<void>;
  /** Waits for a console line from index `from` on; gives the index behind it. */
  line(pattern: RegExp, from?: number): Promise<number>;
  /** The identifiers under which the board was connected, oldest first. */
  identifiers(): string[];
}

/** Options of a bench. */
export interface RigOptions {
  firmware?: string;
  settings?: object;
  speed?: number;
  board?: BoardOptions;
  /** Where the broker is a mosquitto; it keeps its sessions by default. */
  mosquitto?: MosquittoOptions;
  /** Leaves the board without power. */
  isOff?: boolean;
}

/** What ends with a test, or with one run of a property. */
export interface Scope {
  after(end: () => Promise<void>): void;
}

/** A client of its own, straight to the broker; its own message comes behind what the broker keeps. */
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

/** What a bench is made of. */
export interface MakeUp {
  broker(options: RigOptions): Promise<BrokerUnderTest>;
  device(options: DeviceOptions): Promise<Device>;
  /** Chip seconds a second. */
  speed: number;
}

/** Sets a bench up; its board is connected unless it is to be off. */
export async function createRig(make: MakeUp, scope: Scope, options: RigOptions = {}): Promise<Rig> {
  const { firmware = FIRMWARE, settings, speed = make.speed, board } = options;
  const serial = `c0ffee00-${(boardsMade += 1).toString(16).padStart(4, '0')}`;
  const wire = createWire();
  const broker = await make.broker(options);
  const proxy = await createProxy({ target: broker.port, onBytes: wire.hear });
  const device = await make.device({
    settings: { broker: `127.0.0.1:${proxy.port}`, keepAliveS: KEEP_ALIVE_S, ...settings },
    ...{ firmware, speed, serial },
    ...(board ? { board } : {}),
  });
  const person = await mqtt.connectAsync(`mqtt://127.0.0.1:${broker.port}`, { reconnectPeriod: 20 });
  person.on('error', () => {});
  scope.after(async () => {
    await device.dispose();
    await person.endAsync(true);
    await proxy.stop();
    await broker.dispose();
  });

  const rig: Rig = {
    ...{ device, broker, proxy, wire },
    topic: `light/light-${serial.replace('-', '')}`,
    send: async (payload, { topic = COMMANDS, qos = 1, retain = false } = {}) =>
      void (await person.publishAsync(topic, payload, { qos, retain })),
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
