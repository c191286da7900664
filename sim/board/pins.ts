// The pins of the chip, by name, and the interpreter's functions for them.

import { createPin, FLOATING, levelOf, type Pin, type PinProbe } from './pin.ts';
import { createWatches, type WatchOptions } from './watch.ts';

/** An ESP32 has GPIO 0-39 (datasheet, section 2.2). */
const PIN_COUNT = 40;

/** The pins that the interpreter makes inputs with a pull-up when it starts a program anew (jshPinDefaultPullup of the ESP32). */
const PULLED_UP_AT_LOAD = [0, 12, 13, 14, 15, 18, 19, 21, 22, 25, 26, 27, 34, 35, 36, 37, 38, 39];

/** What the pins need of the board. */
interface PinsOptions {
  /** The time as the firmware sees it. */
  nowMs(): number;
  /** The time as the world sees it: it goes on while the interpreter is blocked. */
  worldMs?(): number;
  /** Without power nothing that a stopped program does reaches a pin. */
  isPowered?(): boolean;
  /** Asks for a call of `idle` soon: a level has changed. */
  wake(): void;
}

const isPinName = (value: unknown): boolean =>
  /^D?\d+$/.test(String(value)) && Number(String(value).replace('D', '')) < PIN_COUNT;

function numberOf(value: unknown): number {
  if (!isPinName(value)) throw new Error('Invalid pin');
  return Number(String(value).replace('D', ''));
}

/** Creates the pins of one chip: the firmware's globals, and a probe for the test. */
export function createPins({ nowMs, worldMs = nowMs, isPowered = () => true, wake }: PinsOptions) {
  /** By number, made when they are first used: forty pins would be half of what a board takes of the memory. */
  const pins = new Map<number, ReturnType<typeof createPin>>();

  function at(name: unknown): ReturnType<typeof createPin> {
    const number = numberOf(name);
    const known = pins.get(number);
    if (known) return known;
    const made = createPin({
      ...{ number, nowMs, isPowered },
      onLevel(level) {
        watches.changed(number, level);
        wake();
      },
    });
    pins.set(number, made);
    return made;
  }

  const watches = createWatches({ nowMs, worldMs, read: (number) => levelOf(at(number).state) });

  function setWatch(callback: (event: unknown) => void, pin: unknown, options?: WatchOptions | boolean): number {
    at(pin).state.isOutput = false;
    return watches.set(callback, numberOf(pin), options);
  }

  return {
    /** The firmware's pin object for `D5`, `'D5'` or `5`; throws for a pin that is not there. */
    pin: (name: unknown): Pin => at(name).pin,
    /** `Pin(name)`, and with `new` too: a name that is no pin gives undefined, not an exception. */
    toPin: (name: unknown): Pin | undefined => (isPinName(name) ? at(name).pin : undefined),
    probe: (name: unknown): PinProbe => at(name).probe,
    digitalWrite: (pin: unknown, value: unknown): void => at(pin).pin.write(value),
    digitalRead: (pin: unknown): number => (at(pin).pin.read() ? 1 : 0),
    analogWrite: (pin: unknown, value: number, options?: { freq?: number }): void =>
      at(pin).analogWrite(value, options),
    pinMode: (pin: unknown, mode?: string): void => at(pin).setMode(mode),
    setWatch,
    clearWatch: (...ids: unknown[]): void => watches.clear(ids),
    /** Runs the watches whose pins have changed; returns when it wants to be called again, in board milliseconds. */
    idle: watches.idle,
    /** What `load()` does: watches are forgotten, and some pins become inputs; all others keep their level or their PWM. */
    load(): void {
      watches.reset();
      pins.forEach(({ state }) => (state.isManual = false));
      for (const number of PULLED_UP_AT_LOAD)
        Object.assign(at(number).state, { mode: 'input_pullup', isOutput: false });
    },
    /** What a reset does: pins float, watches are forgotten; the record, and what drives the pins from outside, stay. */
    reset(): void {
      watches.reset();
      pins.forEach(({ state }) => Object.assign(state, FLOATING));
    },
  };
}

/** The pins of one chip. */
export type Pins = ReturnType<typeof createPins>;
