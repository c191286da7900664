// Mutated packet streams for the fuzz, and the sizes of the chunks that they arrive in.

import fc from 'fast-check';
import { TOPIC_BYTES } from '../../src/packet.ts';
import { bytesOf, GOLDEN } from './golden.ts';
import { generated } from './oracle.ts';

const golden = fc.constantFrom(...GOLDEN.map(bytesOf));

const message = fc
  .record({
    qos: fc.constantFrom(0 as const, 1 as const, 2 as const),
    retain: fc.boolean(),
    dup: fc.boolean(),
    topicBytes: fc.integer({ min: 1, max: TOPIC_BYTES }),
    payloadBytes: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 40 }) },
      { weight: 1, arbitrary: fc.integer({ min: 100, max: 3000 }) },
    ),
    messageId: fc.integer({ min: 1, max: 65_535 }),
  })
  .map(({ qos, retain, dup, topicBytes, payloadBytes, messageId }) =>
    generated({
      cmd: 'publish',
      ...{ qos, retain, messageId, dup: dup && qos > 0 },
      topic: 'home/bedroom/light/'.repeat(14).slice(0, topicBytes),
      payload: Buffer.alloc(payloadBytes, 'toggle'),
    }),
  );

const packets = fc.array(fc.oneof(golden, message), { minLength: 1, maxLength: 3 });

// The mutations: broken peers, other protocols, attackers.

type Mutation = (bytes: string) => string;

const byte = fc
  .oneof(fc.integer({ min: 0, max: 255 }), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff))
  .map((value) => String.fromCharCode(value));

/** Where to mutate: mostly at the front, in type, flags and lengths. */
const place = fc.oneof(fc.integer({ min: 0, max: 8 }), fc.nat());

/** Makes a mutation from the bytes before and after a place. */
const mutateAt = (mutate: (head: string, tail: string, char: string) => string): fc.Arbitrary<Mutation> =>
  fc.tuple(place, byte).map(([where, char]) => (bytes) => {
    const index = where % (bytes.length + 1);
    return mutate(bytes.slice(0, index), bytes.slice(index), char);
  });

const remainingLength = fc.constantFrom(
  '\xff\xff\xff\x7f',
  '\xff\xff\xff\xff',
  '\x80\x80\x80\x00',
  '\x80\x80\x80\x80\x01',
);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
  mutateAt((head, tail, char) => head + char + tail.slice(1)),
  mutateAt((head, tail, char) => head + char + tail),
  mutateAt((head, tail) => head + tail.slice(1)),
  mutateAt((head) => head),
  mutateAt((head, tail) => tail + head),
  remainingLength.map(
    (length): Mutation =>
      (bytes) =>
        bytes.slice(0, 1) + length + bytes.slice(2),
  ),
);

/** Up to three real packets, and up to four mutations of them. */
export const stream = fc
  .tuple(packets, fc.array(mutation, { maxLength: 4 }))
  .map(([whole, mutations]) => mutations.reduce((bytes, mutate) => mutate(bytes), whole.join('')));

/** Sizes of the chunks that a stream arrives in, used in turn; the chip's are 536 bytes at most. */
export const cuts = fc.array(fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 5, max: 536 })), {
  minLength: 1,
  maxLength: 4,
});
