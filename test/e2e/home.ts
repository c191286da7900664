// A home for end-to-end tests: an embedded broker, an access point, and virtual boards that run the built bundle.
import { setTimeout as sleep } from 'node:timers/promises';
import type { VirtualBoard, BoardOptions } from '../../sim/board/board.ts';
import { createBroker, type BrokerMessage } from '../../sim/broker/embedded.ts';
import { createHouse } from '../../sim/house.ts';
import { FIRMWARE } from '../support/firmware.ts';
import { createWaits } from '../support/waits.ts';

/** Wall milliseconds in which a chip always has an idle turn. */
const NOTICE_MS = 40;

/** A board in a home. */
export interface HomeNode {
  board: VirtualBoard;
  /** Its LED. */
  lamp: ReturnType<VirtualBoard['pin']>;
  /** Gives `light/<name>/<leaf>`. */
  topic(leaf: string): string;
  /** Sends a command at QoS 1; to the node's own topic by default. */
  command(payload: string, topic?: string): Promise<void>;
  /** Sends a command and waits until the lamp has this duty, 0-1. */
  light(payload: string, duty: number): Promise<void>;
  /** The messages on its state topic, oldest first. */
  states(): unknown[];
  /** The messages on its info topic, oldest first. */
  infos(): Record<string, unknown>[];
  /** Waits until it has published this many info messages: one per session; default 1. */
  reported(times?: number): Promise<void>;
  /** Waits for a condition; fails with the console. */
  until(condition: () => boolean, what?: string): Promise<void>;
  /** Lets chip time pass. */
  pass(chipMs: number): Promise<void>;
  /** Changes settings for the next boot. */
  configure(config: object): void;
  /** Presses the button until the lamp has changed, and releases it. */
  press(pin?: string): Promise<void>;
  /** Holds the button down for a time, and releases it. */
  hold(chipMs: number, pin?: string): Promise<void>;
}

/** Settings of a node, beside Wi-Fi and broker. */
type NodeConfig = { name?: string; pin?: string; [key: string]: unknown };

/** Opens a home. @param speed chip milliseconds per wall millisecond */
export async function createHome(speed = 20) {
  const broker = createBroker();
  await broker.start();
  const house = createHouse({ speed });
  house.hosts.set('broker', `127.0.0.1:${broker.port}`);
  const messages: BrokerMessage[] = [];
  broker.onPublish((message) => messages.push(message));

  function settings(config: object): object {
    return { wifi: { ssid: 'Home', password: 'secret-password' }, broker: 'broker', name: 'desk', ...config };
  }

  function node(config: NodeConfig = {}, options: BoardOptions = {}): HomeNode {
    const board = house.board({ firmware: FIRMWARE, config: settings(config), ...options });
    const { until, pass } = createWaits(board, speed);
    const lamp = board.pin(config.pin ?? 'D5');
    const topic = (leaf: string): string => `light/${config.name ?? 'desk'}/${leaf}`;

    /** Releases the button, and waits until the chip has noticed. */
    async function release(pin: string): Promise<void> {
      board.pin(pin).drive(undefined);
      await sleep(Math.max(200 / speed, NOTICE_MS));
    }

    function published(leaf: string): Record<string, unknown>[] {
      const own = messages.filter((message) => message.topic === topic(leaf) && message.clientId !== undefined);
      return own.map((message) => JSON.parse(message.payload) as Record<string, unknown>);
    }

    const command = (payload: string, to = topic('set')): Promise<void> => broker.publish(to, payload, { qos: 1 });

    return {
      ...{ board, lamp, topic, pass, until, command },
      async light(payload, duty) {
        await command(payload);
        await until(() => lamp.duty() === duty, `${payload} gives ${duty}`);
      },
      states: () => published('state'),
      infos: () => published('info'),
      reported: (times = 1) => until(() => published('info').length >= times, `${times} messages on info`),
      configure: (next) => board.storage.install('light.json', JSON.stringify(settings({ ...config, ...next }))),
      async press(pin = 'D0') {
        const before = lamp.duty();
        board.pin(pin).drive(0);
        await until(() => lamp.duty() !== before, 'a press toggles');
        await release(pin);
      },
      async hold(chipMs, pin = 'D0') {
        board.pin(pin).drive(0);
        await pass(chipMs);
        await release(pin);
      },
    };
  }

  return {
    ...{ broker, messages, node, speed },
    accessPoint: house.accessPoint,
    async dispose() {
      house.dispose();
      await broker.stop();
    },
  };
}

/** A home. */
export type Home = Awaited<ReturnType<typeof createHome>>;

/** Makes a test that runs in a home of its own. */
export function inHome(story: (home: Home) => Promise<void>, speed?: number): () => Promise<void> {
  return async () => {
    const home = await createHome(speed);
    try {
      await story(home);
    } finally {
      await home.dispose();
    }
  };
}
