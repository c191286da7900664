// Waits for a condition.

import { setTimeout as sleep } from 'node:timers/promises';

/** Short compared with anything a board does. */
const POLL_MS = 10;

/** Waits until the condition holds; false when the time is over. */
export async function until(condition: () => boolean, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (!condition()) {
    if (Date.now() >= deadline) return false;
    await sleep(POLL_MS);
  }
  return true;
}
