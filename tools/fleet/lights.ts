// Some of the fleet's lights: virtual boards with the real firmware, and what they tell.

import { createVirtualBoard, type VirtualBoard } from '../../sim/board/board.ts';
import { createAccessPoint } from '../../sim/network/accessPoint.ts';
import {
  connectTcp as realTcp,
  warmUp,
  type ConnectFailure,
  type ConnectTcp,
  type TcpLink,
} from '../../sim/network/tcp.ts';
import type { TimeSource } from '../../sim/time/timeSource.ts';
import { placeOf, type Address } from '../flags.ts';

/** What can happen to a light: a TCP connect that a node has answered, or not; a session; a command obeyed, by its brightness. */
type What = 'attempt' | 'refused' | 'connected' | 'lost' | 'obeyed' | 'renewed';

/** One thing that has happened: when (ms since 1970, or the test's), to which light, what, and at which broker or brightness. */
export type LightEvent = [atMs: number, light: number, what: What, detail: number];

/** Which lights, and where they connect. */
interface LightsOptions {
  /** Numbers in the fleet. */
  numbers: number[];
  brokers: Address[];
  firmware: string;
  spreadS: number;
  keepAliveS: number;
  /** Makes the chips' noise another; 0 by default. */
  seed?: number;
  tell(event: LightEvent): void;
  /** For a test on virtual time, with a network in memory. */
  time?: TimeSource;
  connectTcp?(host: string, port: number, light: number): ReturnType<ConnectTcp>;
}

/** The list of brokers of a light: each is the first of as many, and each second choice too, so that a dead node's lights spread. */
export function orderOf<Broker>(light: number, brokers: readonly Broker[]): Broker[] {
  const count = brokers.length;
  const own = light % count;
  const others = brokers.map((_, at) => brokers[(own + at) % count]!).slice(1);
  const turn = count > 1 ? Math.floor(light / count) % (count - 1) : 0;
  return [brokers[own]!, ...others.slice(turn), ...others.slice(0, turn)];
}

const serialOf = (light: number): string => `f1ee7000-${light.toString(16).padStart(4, '0')}`;

/** Creates lights without power. */
export function createLights(options: LightsOptions) {
  const { numbers, brokers, firmware, spreadS, keepAliveS, tell, connectTcp = realTcp, time, seed = 0 } = options;
  const accessPoint = createAccessPoint();
  const now = (): number => time?.nowMs() ?? Date.now();
  const cut = new Set<number>();
  /** The broker that each light has tried last. */
  const tried = new Map<number, number>();
  const connected = new Set<number>();
  if (connectTcp === realTcp) warmUp();

  function connect(light: number, host: string, port: number): TcpLink | ConnectFailure {
    const at = brokers.findIndex((broker) => broker.host === host && broker.port === port);
    tried.set(light, at);
    const link = cut.has(at) ? 'refused' : connectTcp(host, port, light);
    tell([now(), light, typeof link === 'string' ? 'refused' : 'attempt', at]);
    return link;
  }

  function lose(light: number): void {
    if (connected.delete(light)) tell([now(), light, 'lost', 0]);
  }

  /** Follows the console of a light. */
  function createReader(light: number): (line: string) => void {
    let identifier: string | undefined;
    return (line) => {
      const [, id, port] = /^mqtt connected as (\w+) at .*:(\d+)$/.exec(line) ?? [];
      const level = /^light on at (\d+)$/.exec(line)?.[1];
      if (level !== undefined) tell([now(), light, 'obeyed', Number(level)]);
      else if (line.startsWith('mqtt down')) lose(light);
      if (id === undefined) return;
      if (identifier !== undefined && identifier !== id) tell([now(), light, 'renewed', 0]);
      identifier = id;
      connected.add(light);
      tell([now(), light, 'connected', brokers.findIndex((broker) => broker.port === Number(port))]);
    };
  }

  const boards = new Map<number, VirtualBoard>();
  for (const light of numbers)
    boards.set(
      light,
      createVirtualBoard({
        ...{ firmware, accessPoint, serial: serialOf(light), ...(time && { time }) },
        hardwareSeed: seed * 65_536 + light,
        config: {
          wifi: { ssid: accessPoint.ssid, password: accessPoint.password },
          broker: orderOf(light, brokers).map(placeOf),
          ...{ spreadS, keepAliveS },
        },
        connectTcp: (host, port) => connect(light, host, port),
        onLine: createReader(light),
      }),
    );

  return {
    /** Gives power to the lights with lower numbers. */
    powerOn(below: number): void {
      for (const [light, board] of boards) if (light < below) board.powerOn();
    },
    /** Cuts the power of all: no broker notices. */
    powerOff(): void {
      for (const [light, board] of boards) {
        board.powerOff();
        lose(light);
      }
    },
    /** Ends all connections to a broker, and refuses new ones; or lets them pass again. */
    setCut(broker: number, isCut: boolean): void {
      if (!isCut) return void cut.delete(broker);
      cut.add(broker);
      for (const [light, at] of tried) if (at === broker) boards.get(light)!.faults.reset();
    },
    dispose(): void {
      for (const board of boards.values()) board.dispose();
    },
  };
}
