// One LED on one pin: polarity, and brightness as the eye sees it.
import type { Board, OutputPin } from './ports.ts';

const enum Level {
  FULL = 255,
  /** The eye answers to light by a power law of about 1/2.2 (as CIE 1931 lightness nearly is). */
  GAMMA = 2.2,
  /** One step of the 10-bit PWM: the darkest level that still is light. */
  DARKEST_DUTY = 0.001,
}

/** How the lamp hangs on its pin. */
export interface LedSettings {
  /** A low level lights it. */
  activeLow: boolean;
  /** False for a relay: never PWM, anything but dark is full power. */
  dimmable: boolean;
}

/**
 * Takes the pin over and turns the lamp off at once.
 * @returns sets the brightness: 0 (plain low, really off) to 255 (plain high, really on), and between them PWM
 */
export function createLed(
  board: Pick<Board, 'analogWrite'>,
  pin: OutputPin,
  settings: LedSettings,
): (level: number) => void {
  function show(level: number): void {
    const isFull = level >= Level.FULL || (level > 0 && !settings.dimmable);
    if (isFull || level <= 0) return pin.write(isFull !== settings.activeLow);
    const duty = Level.DARKEST_DUTY + (1 - Level.DARKEST_DUTY) * Math.pow(level / Level.FULL, Level.GAMMA);
    board.analogWrite(pin, settings.activeLow ? 1 - duty : duty);
  }

  show(0);
  return show;
}
