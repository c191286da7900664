// One LED on one pin: polarity, and brightness as the eye sees it.
import type { Board, OutputPin } from './board.ts';

/** Full brightness. */
export const FULL = 255;

/** The eye answers to light by a power law of about 1/2.2 (as CIE 1931 lightness nearly is). */
const GAMMA = 2.2;

/** One step of the 10-bit PWM: the darkest level that still is light. */
const DARKEST_DUTY = 0.001;

/** How the lamp hangs on its pin. */
export interface LedSettings {
  /** A low level lights it. */
  activeLow: boolean;
  /** False for a relay: never PWM, anything but dark is full power. */
  dimmable: boolean;
}

/**
 * Drives a lamp; the pin is not touched before the first call.
 * @returns sets the brightness: 0 (plain low, really off) to 255 (plain high, really on), and between them PWM
 */
export function createLed(
  board: Pick<Board, 'analogWrite'>,
  pin: OutputPin,
  settings: LedSettings,
): (level: number) => void {
  const off = settings.activeLow;

  function dim(level: number): void {
    const duty = DARKEST_DUTY + (1 - DARKEST_DUTY) * Math.pow(level / FULL, GAMMA);
    board.analogWrite(pin, off ? 1 - duty : duty);
  }

  return function (level) {
    if (level > 0 && level < FULL && settings.dimmable) dim(level);
    else pin.write(level > 0 !== off);
  };
}
