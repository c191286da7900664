// Waiting for a condition.

/** Short beside anything a board does, long beside a turn of the event loop. */
const LOOK_MS = 10;

/** Pauses. */
export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until the condition holds; false when the time is over. */
export async function until(condition: () => boolean, ms: number): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (!condition()) {
    if (Date.now() >= deadline) return false;
    await pause(LOOK_MS);
  }
  return true;
}
