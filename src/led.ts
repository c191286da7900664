// One LED on one pin: level and polarity.
import type { OutputPin } from './ports.ts';

/** The lamp. */
export interface Led {
  /** Drives the pin: true lights the lamp, whatever its polarity. */
  set(on: boolean): void;
}

/**
 * Takes the pin over and turns the lamp off at once.
 * @param pin the pin it hangs on, GPIO5 (D5) by default
 * @param activeLow true where a low level lights it
 */
export function createLed(pin: OutputPin, activeLow: boolean): Led {
  function set(on: boolean): void {
    pin.write(on !== activeLow);
  }

  set(false);
  return { set: set };
}
