// Random stories for the property tests: commands and faults, one after the other.

import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rig } from './rigs.ts';
import { powerOffSilently, dim } from './scenario.ts';

/** Faults that last for some chip seconds. */
type Lasting = 'wait' | 'stall' | 'lose' | 'loseToBoard' | 'loseFromBoard' | 'refuse' | 'powerCut' | 'radio';

/** One command or fault. */
export type Step =
  | { do: 'dim' | 'toggle' | 'restart' | 'kill' }
  | { do: Lasting; forS: number }
  | { do: 'pieces'; bytes: number }
  | { do: 'garbage'; bytes: string };

/** Steps that close the session from the broker's side: too many short sessions in a row look like a rival, and the light renews its identifier. */
const CLOSING = ['restart', 'kill', 'refuse'];
const MOST_CLOSING = 3;

/** Bytes that no sane broker sends; none is a command. */
const GARBAGE = [
  '\x00\x00',
  '\xf0\x00',
  '\x30\xff\xff\xff\xff',
  '\x20\x02\x00\x00',
  'HTTP/1.1 400\r\n',
  '\x90\x03\x00\x01\x01',
];

/** Wall milliseconds until all pieces of a packet have arrived. */
const DRAINED_MS = 50;

/** Makes a failing story readable. */
const PLAIN = { noNullPrototype: true } as const;

/** Not fc.double, which prefers the smallest numbers. */
const lasting = fc.integer({ min: 0, max: 80 }).map((tenths) => tenths / 10);

/** Which kinds of steps a story may have. */
export interface StoryOptions {
  command: 'dim' | 'toggle';
  powerCuts: boolean;
  radio: boolean;
}

/** Generates stories of up to a dozen steps. */
export function stories({ command, powerCuts, radio }: StoryOptions): fc.Arbitrary<Step[]> {
  const timed = (...kinds: Lasting[]): fc.Arbitrary<Step> =>
    fc.record({ do: fc.constantFrom(...kinds), forS: lasting }, PLAIN);
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.constant<Step>({ do: command }) },
    { weight: 2, arbitrary: timed('wait') },
    { weight: 4, arbitrary: timed('stall', 'lose', 'loseToBoard', 'loseFromBoard', 'refuse') },
    { weight: 2, arbitrary: fc.constantFrom<Step>({ do: 'restart' }, { do: 'kill' }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('pieces' as const), bytes: fc.integer({ min: 1, max: 40 }) }, PLAIN),
    },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('garbage' as const), bytes: fc.constantFrom(...GARBAGE) }, PLAIN),
    },
    ...(powerCuts ? [{ weight: 2, arbitrary: timed('powerCut') }] : []),
    ...(radio ? [{ weight: 1, arbitrary: timed('radio') }] : []),
  );
  return fc
    .array(step, { minLength: 3, maxLength: 12, size: 'max' })
    .filter((story) => story.filter((each) => CLOSING.includes(each.do)).length <= MOST_CLOSING);
}

/** What was done, to compare with the lamp. */
export interface Diary {
  /** Levels in the order of their commands. */
  levels: number[];
  toggles: number;
  powerCuts: number;
}

async function command(rig: Rig, kind: 'dim' | 'toggle', diary: Diary): Promise<void> {
  const level = 60 + diary.levels.length;
  await rig.send(kind === 'dim' ? dim(level) : 'toggle');
  if (kind === 'dim') diary.levels.push(level);
  else diary.toggles += 1;
}

/** How each lasting step begins and ends. */
const LASTING: Record<Lasting, [begin: (rig: Rig) => unknown, end: (rig: Rig) => unknown]> = {
  wait: [() => {}, () => {}],
  stall: [({ proxy }) => proxy.faults.stall(), ({ proxy }) => proxy.faults.heal()],
  lose: [({ proxy }) => proxy.faults.drop(), ({ proxy }) => proxy.faults.heal()],
  loseToBoard: [({ proxy }) => proxy.faults.drop('toBoard'), ({ proxy }) => proxy.faults.heal()],
  loseFromBoard: [({ proxy }) => proxy.faults.drop('fromBoard'), ({ proxy }) => proxy.faults.heal()],
  refuse: [({ proxy }) => proxy.refuse().then(() => proxy.kill()), ({ proxy }) => proxy.listen()],
  radio: [({ device }) => device.wifi(false), ({ device }) => device.wifi(true)],
  powerCut: [powerOffSilently, ({ device }) => device.powerOn()],
};

/** Injects bytes between two packets of the broker, never into one. */
async function injectBetweenPackets({ proxy }: Rig, bytes: string): Promise<void> {
  proxy.faults.set({ chunkBytes: undefined });
  await sleep(DRAINED_MS);
  proxy.inject(bytes);
}

/** Does one step, and waits for its end. */
export async function doStep(rig: Rig, step: Step, diary: Diary): Promise<void> {
  const { device, proxy, broker } = rig;
  if (step.do === 'dim' || step.do === 'toggle') await command(rig, step.do, diary);
  else if (step.do === 'kill') proxy.kill();
  else if (step.do === 'pieces') proxy.faults.set({ chunkBytes: step.bytes });
  else if (step.do === 'garbage') await injectBetweenPackets(rig, step.bytes);
  else if (step.do === 'restart') {
    await broker.stop();
    await broker.start();
  } else if ('forS' in step) {
    const [begin, end] = LASTING[step.do];
    if (step.do === 'powerCut') diary.powerCuts += 1;
    await begin(rig);
    await sleep((step.forS * 1000) / device.speed);
    await end(rig);
  }
}
