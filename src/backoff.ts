// How long to wait before the next attempt: a random part of a window that grows.

const LONGEST_WINDOW_MS = 60_000;
/** 2^6 s is beyond the longest window. */
const MAX_DOUBLINGS = 6;

/**
 * A random part of min(60 s, spread * 2^failures), so that a fleet whose broker restarts does not return in one lump. In the
 * longest window it is at least the half: with less, those who have tried long and those who have tried late meet, and more
 * than twice the mean come in one second.
 * @param failures back-offs since a session that lasted, 0 or more
 * @param random 0-1, from a generator that differs between boards
 * @param spreadS the first window, 1-3600; no window is shorter
 * @returns milliseconds
 */
export function backoffMs(failures: number, random: number, spreadS: number): number {
  const spreadMs = spreadS * 1000;
  const windowMs = Math.max(spreadMs, Math.min(LONGEST_WINDOW_MS, spreadMs << Math.min(failures, MAX_DOUBLINGS)));
  return failures && windowMs >= LONGEST_WINDOW_MS ? (windowMs * (1 + random)) / 2 : windowMs * random;
}
