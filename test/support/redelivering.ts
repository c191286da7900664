// The memory of QoS 1 commands, with words instead of numbers.

import { Delivery, newRedelivery } from '../../src/redelivery.ts';

/** Bit 3 of the first byte of a PUBLISH (clause 3.3.1.1). */
export const DUP = 8;

/** A command at QoS 1. */
export interface Command {
  id: number;
  payload: string;
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
    /** Judges each command, in order. */
    judge: (...commands: Command[]) =>
      commands.map(({ id, payload, dup }) => VERDICTS[redelivery.judge(dup, id, `light/a/set${payload}`)]),
    reconnect: () => redelivery.connected(),
    again: () => redelivery.again(),
    ping: () => redelivery.ping(false),
    pong: () => redelivery.ping(true),
  };
}
