// The world around the virtual boards, to break: broker, Wi-Fi, and a flood of commands.

import { setTimeout as sleep } from 'node:timers/promises';
import { DEFAULT_TOPIC } from '../../settings/schema.ts';
import { FULL, type World } from '../../page/protocol.ts';
import type { Broker } from '../../sim/broker/embedded.ts';
import type { House } from '../../sim/house.ts';
import { readFlag, readWhole, type ActionTable } from '../page/actions.ts';
import type { BrokerLink } from '../page/brokerLink.ts';
import type { DocumentSet } from '../page/documents.ts';
import { withLine } from './table.ts';

/** A flood: so many commands in so many bursts. With many boards fewer, for each is delivered to each. */
const FLOOD_COMMANDS = 2_000;
const FLOOD_BURSTS = 100;
const MAX_DELIVERIES = 20_000;
const BURST_PAUSE_MS = 20;

/** What the world is made of. */
export interface WorldOptions {
  house: House;
  documents: DocumentSet;
  /** Undefined when it is somebody else's. */
  broker: Broker | undefined;
  /** The broker's name in the boards' settings, and where it leads. */
  brokerName: string;
  target: string;
  /** To try in a terminal. */
  command: string;
  publish: BrokerLink['publish'];
}

/** The time of day, for a log. */
const clock = (): string => new Date().toTimeString().slice(0, 8);

/** Creates a world in which all is well. */
export function createWorld({ house, documents, broker, brokerName, target, command, publish }: WorldOptions) {
  let log: string[] = [];
  let world: World = {
    ...{ isBrokerUp: true, isWifiUp: true, isFlooding: false, story: 'untold' },
    ...{ hasLog: broker !== undefined, command, topic: DEFAULT_TOPIC },
  };
  let isClosed = false;

  function set(change: Partial<World>): void {
    world = { ...world, ...change };
    documents.set('world', world);
  }

  function note(line: string): void {
    log = withLine(log, `${clock()}  ${line}`);
    documents.set('log', log);
  }

  /** Another's broker stays; only the way of the boards to it is cut. */
  async function setBroker(isUp: boolean): Promise<void> {
    if (isUp === world.isBrokerUp) return;
    set({ isBrokerUp: isUp });
    if (broker) await (isUp ? broker.start() : broker.stop());
    else {
      house.hosts.set(brokerName, isUp ? target : 'refused');
      if (!isUp) for (const { faults } of house.boards) faults.reset();
    }
    note(isUp ? 'the broker is back' : 'the broker is gone');
  }

  function setWifi(isUp: boolean): void {
    set({ isWifiUp: isUp });
    if (isUp) house.accessPoint.on();
    else house.accessPoint.off();
  }

  async function flood(): Promise<void> {
    if (world.isFlooding) throw new Error('there is a flood already');
    const commands = Math.min(FLOOD_COMMANDS, MAX_DELIVERIES / Math.max(1, house.boards.length));
    set({ isFlooding: true });
    try {
      for (let burst = 0; burst < FLOOD_BURSTS && !isClosed; burst++) {
        for (let at = 0; at < commands / FLOOD_BURSTS; at++) {
          const brightness = 1 + Math.floor(Math.random() * FULL);
          await publish(DEFAULT_TOPIC, JSON.stringify({ brightness }), { qos: 0 });
        }
        await sleep(BURST_PAUSE_MS);
      }
    } finally {
      set({ isFlooding: false });
    }
  }

  broker?.onLog(note);
  set({});
  documents.set('log', log);
  return {
    set,
    actions: {
      async world({ broker: isBrokerUp, wifi: isWifiUp }) {
        if (isWifiUp !== undefined) setWifi(readFlag(isWifiUp, 'wifi'));
        if (isBrokerUp !== undefined) await setBroker(readFlag(isBrokerUp, 'broker'));
      },
      flood,
      shared({ brightness }) {
        const command = { brightness: readWhole(brightness, 'brightness', 1, FULL) };
        return publish(DEFAULT_TOPIC, JSON.stringify(command));
      },
    } satisfies ActionTable,
    close: (): void => void (isClosed = true),
  };
}
