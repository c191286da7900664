// Random stories: what happens to connections, and what people do meanwhile. A failing one is shrunk, and printed in words.

import fc from 'fast-check';
import type { Fate } from '../../sim/network/fate.ts';
import type { ConnectFailure } from '../../sim/network/tcp.ts';

/** One thing that happens to the light. */
export type Step =
  | { do: 'send'; payload: string; qos: 0 | 1; isShared: boolean }
  | { do: 'press' }
  | { do: 'wait'; ms: number }
  /** The access point is gone for a while; the connections through it survive or not. */
  | { do: 'radio'; ms: number; tcp: 'alive' | 'dead' };

/** Some connections and some steps; then the light is left alone until it is quiet. */
export interface Episode {
  fates: (Fate | ConnectFailure)[];
  steps: Step[];
}

/** The life of one light. */
export interface Story {
  /** Seed of the chip's hardware generator, which makes back-off and identifier. */
  seed: number;
  identifiers: 'rising' | 'lowest';
  window: number;
  episodes: Episode[];
}

/** The longest wait, connection or outage: longer than a light needs to notice a dead link. */
const LONGEST_MS = 40_000;

const bytes = (most: number): fc.Arbitrary<number> =>
  fc.oneof(
    { weight: 3, arbitrary: fc.nat({ max: most / 5 }) },
    { weight: 2, arbitrary: fc.nat({ max: most }) },
    fc.constant(Infinity),
  );

const fate = (longestMs: number): fc.Arbitrary<Fate> =>
  fc.record({
    up: bytes(1500),
    down: bytes(500),
    lifeMs: fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: longestMs })),
    ending: fc.constantFrom('fin', 'rst', 'silence'),
    split: fc.constantFrom(Infinity, 1, 7),
  });

const payload = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('on', 'off') },
  { weight: 6, arbitrary: fc.constant('toggle') },
  {
    weight: 1,
    arbitrary: fc.integer({ min: 60, max: 254 }).map((brightness) => `{"state":"ON","brightness":${brightness}}`),
  },
);

const waitMs = (longestMs: number): fc.Arbitrary<number> =>
  fc.oneof(fc.nat({ max: 30 }), fc.nat({ max: 1_000 }), fc.nat({ max: longestMs }));

/** What may happen in a story. */
export interface StoryOptions {
  /** Presses of the button, and commands at QoS 0. */
  hasHands?: boolean;
  /** Of a wait, a connection and an outage. */
  longestMs?: number;
}

function steps({ hasHands = true, longestMs = LONGEST_MS }: StoryOptions): fc.Arbitrary<Step> {
  const send = fc.record({
    do: fc.constant('send' as const),
    payload,
    qos: hasHands ? fc.constantFrom<(0 | 1)[]>(1, 1, 1, 1, 1, 1, 0) : fc.constant(1 as const),
    isShared: fc.boolean(),
  });
  const radio = fc.record({
    do: fc.constant('radio' as const),
    ms: fc.integer({ min: 1, max: longestMs }),
    tcp: fc.constantFrom('alive' as const, 'dead' as const),
  });
  return fc.oneof(
    { weight: 8, arbitrary: send },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: waitMs(longestMs) }) },
    { weight: hasHands ? 1 : 0, arbitrary: fc.constant({ do: 'press' as const }) },
    { weight: 1, arbitrary: radio },
  );
}

/** Generates stories for one kind of broker. */
export function stories(
  broker: Pick<Story, 'identifiers' | 'window'>,
  options: StoryOptions = {},
): fc.Arbitrary<Story> {
  const lasting = fate(options.longestMs ?? LONGEST_MS);
  const failing = fc.constantFrom('refused' as const, 'unanswered' as const);
  const fates = fc.array(fc.oneof({ weight: 9, arbitrary: lasting }, failing), { maxLength: 5, size: 'max' });
  const episode = fc.record({
    fates: fc.tuple(lasting, fates).map(([first, rest]) => [first, ...rest]),
    steps: fc.array(steps(options), { maxLength: 7, size: 'max' }),
  });
  return fc.record({
    ...{ seed: fc.nat(), identifiers: fc.constant(broker.identifiers), window: fc.constant(broker.window) },
    episodes: fc.array(episode, { minLength: 1, maxLength: 6, size: 'max' }),
  });
}

function fateText(one: Fate | ConnectFailure): string {
  if (typeof one === 'string') return `connect ${one}`;
  const { up, down, lifeMs, ending, split } = one;
  const limits = [up < Infinity && `${up} bytes up`, down < Infinity && `${down} bytes down`, `${lifeMs} ms`].filter(
    Boolean,
  );
  return `${ending} after ${limits.join(' or ')}${split < Infinity ? `, in pieces of ${split}` : ''}`;
}

function stepText(step: Step): string {
  if (step.do === 'send')
    return `${step.payload}${step.qos ? '' : ' at QoS 0'}${step.isShared ? '' : ' to its own topic'}`;
  if (step.do === 'wait') return `wait ${step.ms} ms`;
  return step.do === 'press' ? 'press' : `no Wi-Fi for ${step.ms} ms, TCP ${step.tcp}`;
}

/** Prints a story, one line a step. */
export function storyText({ seed, identifiers, window, episodes }: Story): string {
  const lines = episodes.flatMap(({ fates, steps: done }) => [
    ...fates.map((fate, at) => `  ${at ? 'next connection' : 'this connection'}: ${fateText(fate)}`),
    ...done.map((step) => `  > ${stepText(step)}`),
    '  quiet',
  ]);
  return [`${identifiers} identifiers, ${window} in flight, chip ${seed}`, ...lines].join('\n');
}
