// Which broker comes next, and after how long: one round of the list, then a back-off that grows until a session was good.
import { backoffMs } from './backoff.ts';
import type { Broker } from './session.ts';

/** The list of brokers, and where we are in it. */
export interface Brokers {
  list: Broker[];
  /** Of the broker in use. */
  index: number;
  /** Brokers that this round of attempts has left. */
  untried: number;
  /** Back-offs since a session that lasted; set to 0 by one that has, and `untried` to the length of the list. */
  failures: number;
}

/**
 * Moves on: after a session that lasted to the same broker, else to the next one.
 * @param random 0-1, from a generator that differs between boards
 * @returns milliseconds until the next attempt: 0 while the round has brokers left
 */
export function nextAttemptMs(brokers: Brokers, wasGood: boolean, random: number): number {
  if (!wasGood) {
    brokers.index = (brokers.index + 1) % brokers.list.length;
    if (--brokers.untried > 0) return 0;
  }
  brokers.untried = brokers.list.length;
  return backoffMs(brokers.failures++, random);
}
