// A lamp on a virtual pin for unit tests: LED and fade as main.ts wires them, and a clock that the test advances.
import { createHandClock } from '../../sim/time/handClock.ts';
import { createPins } from '../../sim/board/pins.ts';
import { createFade } from '../../src/fade.ts';
import { createLed } from '../../src/led.ts';

/** Creates a lamp on D5. */
export function createLamp({ activeLow = false, dimmable = true } = {}) {
  const clock = createHandClock();
  const pins = createPins({ nowMs: clock.nowMs, wake: () => {} });
  const show = createLed(pins, pins.pin('D5'), { activeLow, dimmable });
  return { clock, probe: pins.probe('D5'), show, fade: createFade(clock, show) };
}
