// Random stories for the property tests: what people, brokers, lines and power do to a board, one step after the other.

import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Rig } from './rigs.ts';
import { dim } from './scenario.ts';

/** One step; times are chip seconds. */
export type Step =
  | { do: 'dim' | 'toggle' | 'restart' | 'kill' }
  | { do: 'wait' | 'stall' | 'lose' | 'loseToBoard' | 'loseFromBoard' | 'refuse' | 'powerCut' | 'radio'; forS: number }
  | { do: 'pieces'; bytes: number }
  | { do: 'garbage'; bytes: string };

/** Closed by the broker's side: several short sessions in a row look like a rival, and the fifth costs the identifier. */
const CLOSING = ['restart', 'kill', 'refuse'];
const MOST_CLOSING = 3;

/** Bytes that no sane broker sends, none of them a command. */
const GARBAGE = [
  '\x00\x00',
  '\xf0\x00',
  '\x30\xff\xff\xff\xff',
  '\x20\x02\x00\x00',
  'HTTP/1.1 400\r\n',
  '\x90\x03\x00\x01\x01',
];

/** A failing story is printed in a form that can be read. */
const PLAIN = { noNullPrototype: true } as const;

/** Not fc.double, which likes the smallest numbers best. */
const lasting = fc.integer({ min: 0, max: 80 }).map((tenths) => tenths / 10);

/** Which kinds of steps a story may have. */
export interface StoryOptions {
  command: 'dim' | 'toggle';
  powerCuts: boolean;
  radio: boolean;
}

/** Stories of up to a dozen steps. */
export function stories({ command, powerCuts, radio }: StoryOptions): fc.Arbitrary<Step[]> {
  const timed = (...kinds: Extract<Step, { forS: number }>['do'][]): fc.Arbitrary<Step> =>
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

/** What the person did, for the comparison with the lamp. */
export interface Diary {
  /** Levels in the order of their commands. */
  levels: number[];
  toggles: number;
  powerCuts: number;
}

/** Lives one step through. */
export async function live(rig: Rig, step: Step, diary: Diary): Promise<void> {
  const { device, proxy, broker } = rig;
  const pass = (): Promise<void> => sleep('forS' in step ? (step.forS * 1000) / device.speed : 0);
  const during = async (begin: () => unknown, end: () => unknown): Promise<void> => {
    await begin();
    await pass();
    await end();
  };
  if (step.do === 'dim') {
    const level = 60 + diary.levels.length;
    await rig.send(dim(level));
    diary.levels.push(level);
  } else if (step.do === 'toggle') {
    await rig.send('toggle');
    diary.toggles += 1;
  } else if (step.do === 'wait') await pass();
  else if (step.do === 'restart') await during(broker.stop, broker.start);
  else if (step.do === 'kill') proxy.kill();
  else if (step.do === 'stall') await during(() => proxy.faults.stall(), proxy.faults.heal);
  else if (step.do === 'lose') await during(() => proxy.faults.drop(), proxy.faults.heal);
  else if (step.do === 'loseToBoard') await during(() => proxy.faults.drop('toBoard'), proxy.faults.heal);
  else if (step.do === 'loseFromBoard') await during(() => proxy.faults.drop('fromBoard'), proxy.faults.heal);
  else if (step.do === 'pieces') proxy.faults.set({ chunkBytes: step.bytes });
  else if (step.do === 'garbage') proxy.inject(step.bytes);
  else if (step.do === 'radio')
    await during(
      () => device.wifi(false),
      () => device.wifi(true),
    );
  else if (step.do === 'refuse') {
    await proxy.refuse();
    proxy.kill();
    await pass();
    await proxy.listen();
  } else {
    diary.powerCuts += 1;
    proxy.faults.drop();
    await device.powerOff();
    proxy.faults.heal();
    await pass();
    device.powerOn();
  }
}
