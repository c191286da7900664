// How the program of a dead chip is stopped: whatever it calls next throws, and what it throws is nobody's error.

/** Unwinds a program whose chip is gone. */
export class ChipGone extends Error {}

/** Makes every function of an object call `check` first, which throws once the chip is gone. Changes and gives the object. */
export function guardAll<Target extends object>(target: Target, check: () => void): Target {
  for (const [name, value] of Object.entries(target)) {
    // `Pin` is a constructor; pins themselves know when they have no power.
    if (typeof value !== 'function' || name === 'Pin') continue;
    (target as Record<string, unknown>)[name] = function (this: unknown, ...args: unknown[]): unknown {
      check();
      return value.apply(this, args);
    };
  }
  return target;
}
