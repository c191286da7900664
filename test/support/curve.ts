// The lamp's curve as the firmware documents it: brightness 0-255 to duty 0-1, and back.

/** Full brightness. */
export const FULL = 255;

/** Exponent by which the duty follows the eye. */
const GAMMA = 2.2;

/** Duty of the darkest level that is on. */
const MIN_DUTY = 0.001;

/** Half a step of the 10-bit PWM: a duty on the pin is too low by that, on average. */
const HALF_STEP = 1 / 2048;

/** Converts a brightness, 1-255, to its duty. */
export const dutyOf = (level: number): number => MIN_DUTY + (1 - MIN_DUTY) * (level / FULL) ** GAMMA;

/** Converts a duty on the pin to the brightness that gives it; exact from 60 on. */
export function levelOf(duty: number): number {
  if (duty <= 0 || duty >= 1) return duty <= 0 ? 0 : FULL;
  return Math.round(FULL * Math.max(0, duty + HALF_STEP - MIN_DUTY) ** (1 / GAMMA));
}
