// How a program is stopped in the middle, because its chip is gone or its code is: whatever it calls throws from then on.

/** Unwinds a program whose chip is gone. */
export class ChipGone extends Error {}

/** What a program ends with whose code in flash was moved while it ran. */
export const garbledError = (): Error => new SyntaxError('Got [ERASED] expected EOF');

/** Makes every function of an object call `check` before and after, which throws once the program must not go on. Changes and gives the object. */
export function guardAll<Target extends object>(target: Target, check: () => void): Target {
  for (const [name, value] of Object.entries(target)) {
    // `Pin` is a constructor; pins themselves know when they have no power.
    if (typeof value !== 'function' || name === 'Pin') continue;
    (target as Record<string, unknown>)[name] = function (this: unknown, ...args: unknown[]): unknown {
      check();
      const result: unknown = value.apply(this, args);
      check();
      return result;
    };
  }
  return target;
}
