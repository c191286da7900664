// Sends commands without a pause.

import type { Publisher } from './brokers.ts';
import type { Light } from './lights.ts';

/** Commands in flight: enough that the light never waits, and few enough that no broker drops any (mosquitto keeps 20 in flight). */
export const WINDOW = 20;

/** For how long, or how many commands. */
interface Load {
  qos: 0 | 1;
  forMs?: number;
  count?: number;
}

/**
 * Keeps the light busy, and waits until it has obeyed everything.
 * @returns commands per second
 */
export async function keepBusy(
  publisher: Publisher,
  light: Pick<Light, 'topic' | 'changes'>,
  { qos, forMs = Infinity, count = Infinity }: Load,
): Promise<number> {
  const startedMs = performance.now();
  let latestMs = startedMs;
  let sent = 0;
  let obeyed = 0;
  const isMore = (): boolean => sent < count && latestMs - startedMs < forMs;
  while (isMore() || obeyed < sent) {
    for (; isMore() && sent - obeyed < WINDOW; sent += 1) publisher.next(light.topic, qos);
    const changes = await light.changes();
    obeyed += changes.count;
    latestMs = changes.atMs;
  }
  return obeyed / ((latestMs - startedMs) / 1000);
}
