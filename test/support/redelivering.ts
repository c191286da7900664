// The memory for repetitions with words instead of numbers.

import { Delivery, newRedelivery } from '../../src/redelivery.ts';

/** Bit 3 of the first byte of a PUBLISH (clause 3.3.1.1). */
export const DUP = 8;

/** A command at QoS 1. */
export interface Said {
  id: number;
  words: string;
  dup: number;
}

const VERDICTS: Record<Delivery, 'new' | 'repeated' | 'maybe'> = {
  [Delivery.NEW]: 'new',
  [Delivery.REPEATED]: 'repeated',
  [Delivery.MAYBE]: 'maybe',
};

/** Creates an empty memory. */
export function createMemory() {
  const redelivery = newRedelivery();
  return {
    /** What it says of each command. */
    hear: (...commands: Said[]) =>
      commands.map(({ id, words, dup }) => VERDICTS[redelivery.judge(dup, id, `light/a/set${words}`)]),
    reconnect: () => redelivery.connected(),
    again: () => redelivery.again(),
    ping: () => redelivery.ping(false),
    pong: () => redelivery.ping(true),
  };
}
