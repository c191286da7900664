// Stops a program in the middle, because its chip has stopped or its code was moved: every function of the chip throws from then on.

/** Thrown into a program whose chip has lost its power or has reset. */
export class ChipStopped extends Error {}

/** What a program ends with whose code in flash was moved while it ran. */
export const garbledError = (): Error => new SyntaxError('Got [ERASED] expected EOF');

/** Makes every function of an object call `check` before and after; `check` throws once the program must not go on. Changes the object. */
export function guardAll(target: object, check: () => void): void {
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
}
