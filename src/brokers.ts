// Chooses the next broker and the wait before it: one round of the list, then a back-off that grows until a session was good.
import { backoffMs } from './backoff.ts';
import type { Link } from './link.ts';
import type { Broker } from './session.ts';

/** The list of brokers, and the place in it. */
export interface Brokers {
  list: Broker[];
  /** Place of the broker in use. */
  index: number;
  /** Brokers not tried yet in this round. */
  untried: number;
  /** Back-offs since the last good session. A good session sets this to 0 and `untried` to the length of the list. */
  failures: number;
}

/** Creates the state before the first attempt. */
export function newBrokers(list: Broker[]): Brokers {
  return { list: list, index: 0, untried: list.length, failures: 0 };
}

/**
 * Chooses the broker for the next attempt: the same one after a good session, else the next in the list.
 * @param link that has just ended. If TCP had connected, what has ended it has ended many at this moment, or the whole cluster lets
 *   nobody in, so nobody goes to the next one at once. The time for which the connect blocked comes on top of each wait
 * @param spreadS the first window of the back-off, in seconds
 * @param random 0-1, from a generator that differs between boards
 * @returns milliseconds until the next attempt: 0 while the round has brokers left
 */
export function nextAttemptMs(
  brokers: Brokers,
  link: Pick<Link, 'isGood' | 'socket' | 'blockedMs'>,
  spreadS: number,
  random: number,
): number {
  if (!link.isGood) {
    brokers.index = (brokers.index + 1) % brokers.list.length;
    if (--brokers.untried > 0 && !link.socket) return link.blockedMs;
  }
  brokers.untried = brokers.list.length;
  return link.blockedMs + backoffMs(brokers.failures++, random, spreadS);
}
