// How long to wait before the next attempt: a random part of a window that grows.

const FIRST_WINDOW_MS = 1_000;
const LONGEST_WINDOW_MS = 60_000;
/** 2^6 s is beyond the longest window. */
const MAX_DOUBLINGS = 6;

/**
 * A random part of min(60 s, 1 s * 2^failures), so that a fleet whose broker restarts does not return in one lump.
 * @param failures back-offs since a session that lasted, 0 or more
 * @param random 0-1, from a generator that differs between boards
 * @returns milliseconds
 */
export function backoffMs(failures: number, random: number): number {
  return random * Math.min(LONGEST_WINDOW_MS, FIRST_WINDOW_MS << Math.min(failures, MAX_DOUBLINGS));
}
