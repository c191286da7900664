// A small fleet on a model of a cluster, in memory and on virtual time: the tool's own acts and verdicts, by the hundred.

import { createModelBroker } from '../../sim/broker/model.ts';
import { createNetwork, NO_FAULTS, type Network, type Stream } from '../../sim/network/fate.ts';
import type { ConnectFailure, TcpLink } from '../../sim/network/tcp.ts';
import { createVirtualTime } from '../../sim/time/virtualTime.ts';
import { playAct, rise, type Stage } from '../../tools/fleet/acts.ts';
import type { ActName } from '../../tools/fleet/arguments.ts';
import { figuresOf } from '../../tools/fleet/figures.ts';
import { judgeAct, judgeIdentifiers, type Verdict } from '../../tools/fleet/judge.ts';
import { createLights } from '../../tools/fleet/lights.ts';
import { createRecord } from '../../tools/fleet/record.ts';
import { FIRMWARE } from '../support/firmware.ts';

/** What is played. */
export interface Play {
  nodes: number;
  brokers: number;
  acts: ActName[];
  spreadS: number;
  seed: number;
  downS?: number;
  darkS?: number;
  /** How a dead node answers a connect. */
  dead?: ConnectFailure;
  /** A cluster of which all nodes have died lets nobody in for so long after their start: it has to agree on something first. */
  wakingS?: number;
  /** What it answers to a CONNECT meanwhile: nothing, or that it is unavailable. */
  waking?: 'silent' | 'unavailable';
  firmware?: string;
}

const KEEP_ALIVE_S = 30;
const FIRST_PORT = 1000;
const STEP_MS = 50;

/** A node's end, as its lights see it. */
const DEATH = { ...NO_FAULTS, lifeMs: 1, ending: 'rst' } as const;

const CONNACK_UNAVAILABLE = '\x20\x02\x00\x03';

/** Creates a cluster that shares its sessions, and the lines of the lights to it. */
function createModelCluster(time: ReturnType<typeof createVirtualTime>, play: Play) {
  const { nodes, brokers, dead = 'refused', wakingS = 0, waking = 'silent' } = play;
  const broker = createModelBroker({ time, identifiers: 'rising', window: 20 });
  const networks: Network[] = Array.from({ length: nodes }, (_, light) =>
    createNetwork(time, (stream) => (asleep.has(at.get(light)!) ? turnAway(stream) : broker.accept(stream))),
  );
  const down = new Set<number>();
  const asleep = new Set<number>();
  const at = new Map<number, number>();

  function turnAway(stream: Stream): ReturnType<typeof broker.accept> {
    const receive = (): void => {
      if (waking === 'silent') return;
      stream.write(CONNACK_UNAVAILABLE);
      stream.end();
    };
    return { receive, closed() {} };
  }

  async function start(node: number): Promise<void> {
    if (down.size === brokers) for (const each of down) asleep.add(each);
    down.delete(node);
    if (!asleep.has(node)) return;
    await new Promise<void>((resolve) => time.setTimeout(resolve, wakingS * 1000));
    asleep.delete(node);
  }

  function connectTcp(_host: string, port: number, light: number): TcpLink | ConnectFailure {
    const node = port - FIRST_PORT;
    if (down.has(node)) return dead;
    at.set(light, node);
    return networks[light]!.connectTcp();
  }

  async function end(node: number): Promise<void> {
    down.add(node);
    for (const [light, where] of at) if (where === node) networks[light]!.plan([DEATH]);
  }

  return {
    ...{ broker, connectTcp },
    nodes: Array.from({ length: brokers }, (_, node) => ({
      address: { host: '10.0.0.1', port: FIRST_PORT + node },
      kill: () => end(node),
      stop: () => end(node),
      start: () => start(node),
      usage: () => undefined,
    })),
  };
}

/** Plays the acts, and gives the verdicts, the figures, and what the broker saw against the standard. */
export async function playFleet(play: Play) {
  const time = createVirtualTime();
  const cluster = createModelCluster(time, play);
  const record = createRecord(time.nowMs);
  const lights = createLights({
    numbers: Array.from({ length: play.nodes }, (_, light) => light),
    brokers: cluster.nodes.map(({ address }) => address),
    ...{ firmware: play.firmware ?? FIRMWARE, spreadS: play.spreadS, keepAliveS: KEEP_ALIVE_S, seed: play.seed },
    ...{ tell: record.take, time, connectTcp: cluster.connectTcp },
  });
  const stage: Stage = {
    order: {
      nodes: play.nodes,
      spreadS: play.spreadS,
      downS: play.downS ?? 20,
      darkS: play.darkS ?? 60,
      keepAliveS: KEEP_ALIVE_S,
    },
    ...{ record, nodes: cluster.nodes },
    tell: (order) => {
      if (order.do === 'powerOn') lights.powerOn(order.below);
      if (order.do === 'powerOff') lights.powerOff();
    },
    command: async (level) => {
      cluster.broker.publish({ topic: 'home/bedroom/light', payload: `{"brightness":${level}}`, qos: 1 });
    },
    pause: (ms) => new Promise((resolve) => time.setTimeout(resolve, ms)),
  };

  async function perform(): Promise<Verdict[]> {
    if (!(await rise(stage))) throw new Error('the fleet does not come up');
    const verdicts: Verdict[] = [];
    for (const name of play.acts) verdicts.push(...judgeAct(figuresOf(await playAct(stage, name), play.brokers), play));
    return [...verdicts, judgeIdentifiers(record.renewed())];
  }

  let isOver = false;
  const performance = perform().finally(() => (isOver = true));
  try {
    while (!isOver) {
      time.advance(STEP_MS);
      await new Promise((resolve) => setImmediate(resolve));
    }
    const figures = record.acts.slice(1).map((act) => figuresOf(act, play.brokers));
    return { verdicts: await performance, figures, violations: cluster.broker.violations };
  } finally {
    lights.dispose();
  }
}
