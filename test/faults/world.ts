// A light, a network with faults and a model broker, on virtual time; plays a story and checks the light in every pause.

import type { VirtualBoard } from '../../sim/board/board.ts';
import type { Message, ModelBroker } from '../../sim/broker/model.ts';
import { NO_FAULTS, type Fate, type Network } from '../../sim/network/fate.ts';
import { createJudge, type Judge } from './judge.ts';
import { storyText, type Episode, type Step, type Story } from './story.ts';
import { FIRMWARE } from '../support/firmware.ts';
import { createVirtualHome } from '../support/virtualHome.ts';

const NAME = 'bedroom';
const SHARED_TOPIC = 'home/bedroom/light';
const OWN_TOPIC = `light/${NAME}/set`;

/** The settings of the light under test. */
export const SETTINGS = {
  name: NAME,
  topics: [SHARED_TOPIC],
  wifi: { ssid: 'Home', password: 'secret-password' },
  broker: '10.0.0.1',
};

/** Counts that must not grow. */
type Vitals = Record<string, number>;

/** A light under test, virtual or real. */
export interface World {
  broker: ModelBroker;
  network: Network;
  judge: Judge;
  console: readonly string[];
  /** Factor on every time limit: a real program on a busy computer is late. */
  slack: number;
  pass(ms: number): Promise<void>;
  /** What the lamp shows, 0-255. */
  level(): number;
  press(): Promise<void>;
  radio(isOn: boolean, tcp: 'alive' | 'dead'): void;
  /** By the light's own state: a connection that it has closed may still exist while Wi-Fi is off. */
  isConnected(): boolean;
  vitals(): Promise<Vitals>;
  dispose(): Promise<void>;
}

/** Runs before the firmware: passes the bytes that it receives to the judge, and its answers to the button. */
const TAP = `(function(net,connect,watch,tap){
net.connect=function(o,f){var s=connect(o,f),on=s.on,read=tap.opened();s.on=function(e,l){on(e,e=="data"?function(d){read(d);l.call(s,d)}:l)};return s};
setWatch=function(f,p,o){return watch(function(e){tap.press(function(){f(e)})},p,o)};
})(require("net"),require("net").connect,setWatch,require("tap"))`;

/** Creates the judge of a broker's light. */
export const judgeOf = (broker: ModelBroker): Judge =>
  createJudge(
    (connection) => broker.peers[connection]!.sent,
    (topic) => topic === SHARED_TOPIC || topic === OWN_TOPIC,
  );

/** Creates a virtual light with its network, and powers it on. */
export function createVirtualWorld(
  { seed, identifiers, window }: Pick<Story, 'seed' | 'identifiers' | 'window'>,
  onConnect = (): void => {},
): World & { board: VirtualBoard } {
  let opened = 0;

  const tap = {
    opened: () => judge.createReader(opened++),
    press(run: () => void): void {
      const before = level();
      run();
      judge.press(before, level());
    },
  };
  const { time, broker, network, board, level } = createVirtualHome(
    SETTINGS,
    {
      ...{ firmware: FIRMWARE, config: SETTINGS, hardwareSeed: seed, extraModules: { tap } },
      connectTcp: () => (onConnect(), network.connectTcp()),
      ...(seed % 2 ? { wifi: { callsBackOnFailure: true, hasOwnAccessPoint: false } } : {}), // as from 2v30 on
    },
    { identifiers, window, firstIdentifier: 65_500 },
  );
  const judge = judgeOf(broker);
  board.faults.connectMs = CONNECT_MS[seed % CONNECT_MS.length]!;
  board.storage.install('.boot0', TAP);
  board.powerOn();

  return {
    ...{ broker, network, judge, board, console: board.console, level, slack: 1 },
    pass: async (ms) => time.advance(ms),
    async press() {
      board.pin('D0').drive(0);
      time.advance(100);
      board.pin('D0').drive(undefined);
      time.advance(100);
    },
    radio: (isOn, tcp) => (isOn ? board.accessPoint.on() : board.accessPoint.off(tcp)),
    // a socket alone may belong to a slow connect
    isConnected: () => !!board.console.findLast((line) => /^mqtt|^wifi/.test(line))?.startsWith('mqtt connected'),
    vitals: async () => ({ timers: board.pendingTimers(), sockets: board.openSockets(), resets: board.resets.length }),
    dispose: () => Promise.resolve(board.dispose()),
  };
}

/** A good line, a bad one, and one whose handshake takes longer than a broker may take for its CONNACK. */
const CONNECT_MS = [0, 300, 12_000];

/** Enough to notice a dead link, wait the longest back-off, and connect. */
const QUIET_LIMIT_MS = 300_000;

/** Enough for all connections of an episode. */
const EPISODE_LIMIT_MS = 7_200_000;

/** Enough to send the last reports. */
const SETTLE_MS = 5_000;

/** The longest back-off, the longest blocking connect, and the time until Wi-Fi is back. */
const LONGEST_GAP_MS = 60_000 + 18_000 + 25_000;

/** More attempts than this within a minute are a storm. */
const MOST_ATTEMPTS_PER_MINUTE = 30;

/** Printed when something is wrong. */
const CONSOLE_LINES = 30;

/** A connection that dies without FIN or RST. */
const LOST: Fate = { ...NO_FAULTS, up: 0, down: 0, lifeMs: 1, ending: 'silence' };

async function doStep(world: World, step: Step, sent: Message[]): Promise<void> {
  if (step.do === 'wait') return world.pass(step.ms);
  if (step.do === 'press') return world.press();
  if (step.do === 'send') {
    const message = { topic: step.isShared ? SHARED_TOPIC : OWN_TOPIC, payload: step.payload, qos: step.qos };
    if (step.qos) sent.push(message);
    return world.broker.publish(message);
  }
  world.radio(false, step.tcp);
  if (step.tcp === 'dead') world.network.plan([LOST]);
  await world.pass(step.ms);
  world.radio(true, step.tcp);
  world.network.markFree();
}

/** Waits until the light is connected and has received everything; gives its vitals then. */
export async function untilQuiet(world: World): Promise<Vitals> {
  const { network, broker, pass } = world;
  const isCalm = (): boolean => network.isUnharmed() && world.isConnected() && broker.isDrained();
  let peaceMs = 0;
  let calmMs = 0;
  for (let ms = 0; calmMs < SETTLE_MS; ms += 1_000) {
    await pass(1_000);
    peaceMs = network.isDone() ? peaceMs + 1_000 : 0;
    calmMs = isCalm() ? calmMs + 1_000 : 0;
    if (peaceMs > QUIET_LIMIT_MS * world.slack)
      throw new Error(`not back ${QUIET_LIMIT_MS / 60_000} minutes after the last fault`);
    if (ms > EPISODE_LIMIT_MS * world.slack) throw new Error('not back for two hours');
  }
  const attempts = network.attempts.length;
  const vitals = await world.vitals();
  return isCalm() && network.attempts.length === attempts ? vitals : untilQuiet(world);
}

/** Checks what must hold at a quiet moment. */
export function checkQuiet(world: World, vitals: Vitals, first: Vitals, sent: Message[] = []): void {
  const { broker, network, judge } = world;
  const lost = sent.filter((message) => !judge.hasReceived(message));
  const faults = [...broker.violations, ...lost.map(({ payload }) => `"${payload}" at QoS 1 was lost`)];
  if (broker.clients().length > 1) faults.push(`client identifiers: ${broker.clients().join(', ')}`);
  judge.checkAtRest(world.level(), broker.retained.get(`light/${NAME}/state`) ?? '{}');
  const status = broker.retained.get(`light/${NAME}/status`);
  if (status !== 'online') faults.push(`the status is ${status}`);
  for (const [name, count] of Object.entries(vitals))
    if (count > first[name]!) faults.push(`${count} ${name}, and ${first[name]} at first`);
  const crash = world.console.find((line) => /Uncaught|Execution Interrupted/.test(line));
  if (crash) faults.push(crash);
  faults.push(...checkAttempts(network.attempts, world.slack), ...judge.faults);
  if (faults.length) throw new Error(faults.join('\n'));
}

/** Checks that attempts to connect are neither too rare nor too many. */
function checkAttempts(attempts: Network['attempts'], slack: number): string[] {
  const faults: string[] = [];
  attempts.forEach(({ atMs, freeMs }, at) => {
    if (atMs - freeMs > LONGEST_GAP_MS * slack)
      faults.push(`${(atMs - freeMs) / 1000} s without an attempt to connect`);
    const later = attempts[at + MOST_ATTEMPTS_PER_MINUTE];
    if (later && later.atMs - atMs < 60_000)
      faults.push(`more than ${MOST_ATTEMPTS_PER_MINUTE} attempts within a minute`);
  });
  return faults.slice(0, 1);
}

/**
 * Plays a story.
 * @returns what was counted
 * @throws Error with the first fault, the story so far and the console
 */
export async function playStory(story: Story, createWorld: (story: Story) => World | Promise<World>) {
  const world = await createWorld(story);
  const sent: Message[] = [];
  const played: Episode[] = [];
  try {
    const first = await untilQuiet(world);
    for (const episode of story.episodes) {
      played.push(episode);
      world.network.plan(episode.fates);
      for (const step of episode.steps) await doStep(world, step, sent);
      checkQuiet(world, await untilQuiet(world), first, sent);
    }
    return { cuts: played.map(countCuts).reduce((sum, count) => sum + count, 0), ...world.judge.counts };
  } catch (error) {
    const console = ['the console:', ...world.console.slice(-CONSOLE_LINES)].join('\n  ');
    throw new Error(`${(error as Error).message}\n${storyText({ ...story, episodes: played })}\n${console}`);
  } finally {
    await world.dispose();
  }
}

const countCuts = ({ fates, steps }: Episode): number =>
  fates.length + steps.filter((step) => step.do === 'radio').length;
