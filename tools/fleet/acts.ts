// The acts: what happens to the brokers and to the power of the lights, with a command to all in the middle of each.

import type { ActName, FleetOrder } from './arguments.ts';
import type { Node } from './brokers.ts';
import type { Order } from './messages.ts';
import type { ActRecord, FleetRecord } from './record.ts';

/** What the acts play with. */
export interface Stage {
  order: Pick<FleetOrder, 'nodes' | 'spreadS' | 'downS' | 'darkS' | 'keepAliveS'>;
  record: FleetRecord;
  nodes: Node[];
  tell(order: Order): void;
  /** Publishes at QoS 1; resolves when a broker has acknowledged it. */
  command(level: number): Promise<void>;
  /** Waits; rejects on Ctrl-C. */
  pause(ms: number): Promise<void>;
}

/** The first start has no limit of time: a cluster makes ten thousand sessions slowly, this many in a second. */
const NEW_PER_SECOND = 20;
const LEAST_ON_THEIR_WAY = 100;
/** Without one more light than ever before: at least this, and time for two attempts of a light that waits long. */
const RISE_STALL_S = 300;
const RISE_STALL_SPREADS = 3;

/** An act that has not ended by then has failed. */
const ACT_LIMIT_S = 300;

/** Lights without power. */
const POWER_OFF_S = 5;

const POLL_MS = 100;

/** Brightness of the first command; each act has its own. */
const FIRST_LEVEL = 20;

/** Waits until a condition holds; gives whether it did in time. */
async function until({ pause }: Stage, isTrue: () => boolean, limitS: number): Promise<boolean> {
  for (let ms = 0; !isTrue(); ms += POLL_MS) {
    if (ms > limitS * 1000) return false;
    await pause(POLL_MS);
  }
  return true;
}

const secondsIn = ({ record }: Stage, act: ActRecord): number => (record.now() - act.startMs) / 1000;

/** Half a keep alive: every session has seen its first PINGRESP, so that the next loss counts as that of a good session. */
const settle = ({ pause, order }: Stage): Promise<void> => pause(order.keepAliveS * 500 + 2_000);

/** Tells all lights a brightness once half of those that were lost are back. */
async function commandInTheMiddle(stage: Stage, act: ActRecord): Promise<void> {
  const { record, order } = stage;
  const isHalfBack = (): boolean => record.lost() > 0 && order.nodes - record.connected() <= record.lost() / 2;
  await until(stage, isHalfBack, ACT_LIMIT_S);
  const level = FIRST_LEVEL + record.acts.length;
  act.command = { level, atS: Infinity };
  await stage.command(level).then(
    () => (act.command!.atS = secondsIn(stage, act)),
    () => {}, // no light has obeyed: the verdict says so
  );
}

async function lose(stage: Stage, act: ActRecord, at: number, how: 'kill' | 'stop'): Promise<void> {
  act.marks.push({ atS: secondsIn(stage, act), what: 'down', node: at });
  await stage.nodes[at]![how]();
}

async function bring(stage: Stage, act: ActRecord, at: number): Promise<void> {
  await stage.nodes[at]!.start();
  act.marks.push({ atS: secondsIn(stage, act), what: 'up', node: at });
}

const isComplete = ({ record, order }: Stage): boolean => record.connected() === order.nodes;

const PLAYS: Record<ActName, (stage: Stage, act: ActRecord) => Promise<void>> = {
  async power(stage, act) {
    act.marks.push({ atS: secondsIn(stage, act), what: 'down' });
    stage.tell({ do: 'powerOff' });
    await stage.pause(POWER_OFF_S * 1000);
    stage.tell({ do: 'powerOn', below: stage.order.nodes });
    act.marks.push({ atS: secondsIn(stage, act), what: 'up' });
  },
  async kill(stage, act) {
    await lose(stage, act, 0, 'kill');
    await stage.pause(stage.order.downS * 1000);
    await bring(stage, act, 0);
  },
  async rolling(stage, act) {
    for (const at of stage.nodes.keys()) {
      if (at > 0) await settle(stage);
      await lose(stage, act, at, 'stop');
      await stage.pause(1_000);
      await bring(stage, act, at);
      if (!(await until(stage, () => isComplete(stage), ACT_LIMIT_S))) return;
    }
  },
  async dark(stage, act) {
    const all = [...stage.nodes.keys()];
    await Promise.all(all.map((at) => lose(stage, act, at, 'kill')));
    await stage.pause(stage.order.darkS * 1000);
    await Promise.all(all.map((at) => bring(stage, act, at)));
  },
};

/** Plays one act to its end: all lights are connected, and have obeyed the command. */
export async function playAct(stage: Stage, name: ActName): Promise<ActRecord> {
  const { record, order } = stage;
  await settle(stage);
  const act = record.begin(name);
  await Promise.all([PLAYS[name](stage, act), commandInTheMiddle(stage, act)]);
  await until(stage, () => isComplete(stage) && record.obeyed() === order.nodes, ACT_LIMIT_S);
  act.lastedS = secondsIn(stage, act);
  return act;
}

/**
 * Switches the lights on, as fast as the cluster takes them.
 * @returns whether all of them have connected
 */
export async function rise(stage: Stage): Promise<boolean> {
  const { record, order, tell } = stage;
  const act = record.begin('start');
  const onTheirWay = LEAST_ON_THEIR_WAY + (NEW_PER_SECOND * order.spreadS) / 2; // each waits for half of the spread first
  const stallS = Math.max(RISE_STALL_S, RISE_STALL_SPREADS * order.spreadS);
  let [most, below] = [-1, 0];
  while (!isComplete(stage)) {
    if (!(await until(stage, () => record.connected() > most, stallS))) break;
    most = record.connected();
    const next = Math.min(order.nodes, Math.floor(most + onTheirWay));
    if (next > below) tell({ do: 'powerOn', below: (below = next) });
  }
  act.lastedS = secondsIn(stage, act);
  return isComplete(stage);
}
