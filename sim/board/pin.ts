// The pins of the chip: levels, PWM, pulls and watches, with a record of all that the firmware did to them.

import { createWatches, type WatchOptions } from './watch.ts';

/** An ESP32 has GPIO 0-39 (datasheet, section 2.2). */
const PIN_COUNT = 40;

/** LEDC runs with 10 bits: a duty is cut to 1024ths. */
const PWM_STEPS = 1024;

/** The BOOT button pulls GPIO0 down against a resistor on the board. */
const BOOT_BUTTON_PIN = 0;

/** The pins that the interpreter makes inputs with a pull-up when it starts a program anew (jshPinDefaultPullup of the ESP32). */
const PULLED_UP_AT_LOAD = [0, 12, 13, 14, 15, 18, 19, 21, 22, 25, 26, 27, 34, 35, 36, 37, 38, 39];

/** One thing the firmware did to a pin. */
export interface PinChange {
  timeMs: number;
  /** 0-1; a digital write gives 0 or 1. */
  duty: number;
  /** Whether LEDC drives the pin, instead of plain GPIO. */
  pwm: boolean;
  /** The frequency that analogWrite asked for, in Hz. */
  freq?: number;
}

/** A pin as the firmware sees it (`Pin` in Espruino's reference). */
export interface Pin {
  write(value: unknown): void;
  writeAtTime(value: unknown, time: number): void;
  read(): boolean;
  set(): void;
  reset(): void;
  toggle(): boolean;
  mode(mode?: string): string | undefined;
  toString(): string;
}

/** A pin as the world around the chip sees it. */
export interface PinProbe {
  /** Every write of the firmware, equal ones too, oldest first. */
  readonly history: PinChange[];
  /** The duty now, 0-1; 0 as long as the chip does not drive the pin. */
  duty(): number;
  /** The mode that the firmware set, or 'input' as after a reset. */
  mode(): string;
  /** Pulls the pin to a level from outside; undefined lets go of it. */
  drive(level: 0 | 1 | undefined): void;
  /** Calls back after each write of the firmware; returns what ends that. */
  onChange(listener: (change: PinChange) => void): () => void;
}

interface PinState {
  history: PinChange[];
  mode: string;
  /** The program has set the mode itself: a write or a read leaves it as it is. */
  isManual: boolean;
  /** Whether the chip drives the pin. */
  isOutput: boolean;
  /** What the output is set to, driven or not. */
  duty: number;
  driven: 0 | 1 | undefined;
  listeners: Set<(change: PinChange) => void>;
}

/** What the pins need of the board. */
export interface PinsOptions {
  /** The time as the firmware sees it. */
  nowMs(): number;
  /** The time as the world sees it: it goes on while the interpreter is blocked. */
  worldMs?(): number;
  /** Without power nothing that a dying program does reaches a pin. */
  isPowered?(): boolean;
  /** Asks for a call of `idle` soon: a level has changed. */
  wake(): void;
}

/** Modes in which the chip drives the pin, and the others. */
const OUTPUT_MODES = ['output', 'opendrain', 'opendrain_pullup', 'af_output', 'af_opendrain'];
const INPUT_MODES = ['input', 'input_pullup', 'input_pulldown', 'analog'];

/** Creates the pins of one chip: the firmware's globals, and a probe for the test. */
export function createPins({ nowMs, worldMs = nowMs, isPowered = () => true, wake }: PinsOptions) {
  const states = Array.from({ length: PIN_COUNT }, (): PinState => ({
    history: [],
    mode: 'input',
    isManual: false,
    isOutput: false,
    duty: 0,
    driven: undefined,
    listeners: new Set(),
  }));
  const pins = states.map((_, number) => createPin(number));
  const watches = createWatches({ nowMs, worldMs, read });

  const isPinName = (value: unknown): boolean =>
    /^D?\d+$/.test(String(value)) && Number(String(value).replace('D', '')) < PIN_COUNT;

  function numberOf(value: unknown): number {
    if (!isPinName(value)) throw new Error('Invalid pin');
    return Number(String(value).replace('D', ''));
  }
  const stateOf = (value: unknown): PinState => states[numberOf(value)] as PinState;

  /** The level on the wire. An undriven input follows its pull; without one it reads low here, and noise on a real board. */
  function read(number: number): boolean {
    const state = stateOf(number);
    if (state.isOutput) return state.duty >= 0.5;
    if (state.driven !== undefined) return state.driven === 1;
    return state.mode === 'input_pullup' || number === BOOT_BUTTON_PIN;
  }

  function record(pin: unknown, duty: number, how: { pwm: boolean; freq?: number }): void {
    const state = stateOf(pin);
    state.duty = duty;
    if (!state.isOutput) return;
    const change = { timeMs: nowMs(), duty, ...how };
    state.history.push(change);
    state.listeners.forEach((listener) => listener(change));
  }

  /** The program's doing may change the mode, unless the program has set it. */
  function setAutomatically(pin: unknown, mode: 'input' | 'output'): void {
    const state = stateOf(pin);
    if (state.isManual || !isPowered()) return;
    state.mode = mode;
    state.isOutput = mode === 'output';
  }

  function digitalWrite(pin: unknown, value: unknown): void {
    setAutomatically(pin, 'output');
    if (isPowered()) record(pin, Number(value) ? 1 : 0, { pwm: false });
  }

  /** Reads as the program does, which makes an input of a pin whose mode it has not set. */
  function digitalRead(pin: unknown): number {
    setAutomatically(pin, 'input');
    return read(numberOf(pin)) ? 1 : 0;
  }

  function analogWrite(pin: unknown, value: number, options?: { freq?: number }): void {
    setAutomatically(pin, 'output');
    if (!isPowered()) return;
    // LEDC drives the pin whatever its mode.
    stateOf(pin).isOutput = true;
    const clamped = Math.min(1, Math.max(0, Number(value) || 0));
    const freq = options?.freq;
    record(pin, Math.floor(clamped * PWM_STEPS) / PWM_STEPS, { pwm: true, ...(freq === undefined ? {} : { freq }) });
  }

  function pinMode(pin: unknown, mode?: string): void {
    const state = stateOf(pin);
    state.isManual = mode !== undefined && mode !== 'auto';
    if (!state.isManual) return;
    const isOutput = OUTPUT_MODES.includes(mode as string);
    state.isManual = isOutput || INPUT_MODES.includes(mode as string);
    if (!state.isManual) throw new Error('Unknown pin mode');
    state.mode = mode as string;
    const drivesAnew = isOutput && !state.isOutput;
    state.isOutput = isOutput;
    if (drivesAnew && state.duty) record(pin, state.duty, { pwm: false });
  }

  function createPin(number: number): Pin {
    const pin: Pin = {
      write: (value) => digitalWrite(number, value),
      writeAtTime: (value) => digitalWrite(number, value),
      read: () => digitalRead(number) === 1,
      set: () => digitalWrite(number, 1),
      reset: () => digitalWrite(number, 0),
      toggle: () => {
        const next = !read(number);
        digitalWrite(number, next);
        return next;
      },
      mode: (mode) => (mode === undefined ? stateOf(number).mode : void pinMode(number, mode)),
      toString: () => `D${number}`,
    };
    return Object.freeze(pin);
  }

  function probe(name: unknown): PinProbe {
    const number = numberOf(name);
    const state = stateOf(name);
    return {
      history: state.history,
      duty: () => (state.isOutput ? state.duty : 0),
      mode: () => state.mode,
      drive: (level) => {
        const before = read(number);
        state.driven = level;
        if (read(number) === before) return;
        watches.changed(number, !before);
        wake();
      },
      onChange: (listener) => {
        state.listeners.add(listener);
        return () => state.listeners.delete(listener);
      },
    };
  }

  /** What `load()` does: watches are forgotten, and these pins become inputs; all others keep their level or their PWM. */
  function load(): void {
    watches.reset();
    states.forEach((state) => (state.isManual = false));
    for (const number of PULLED_UP_AT_LOAD)
      Object.assign(states[number] as PinState, { mode: 'input_pullup', isOutput: false });
  }

  /** What a reset does: pins float, watches are forgotten; the record and what drives the pins from outside stay. */
  function reset(): void {
    watches.reset();
    for (const state of states) Object.assign(state, { mode: 'input', isManual: false, isOutput: false, duty: 0 });
  }

  function setWatch(callback: (event: unknown) => void, pin: unknown, options?: WatchOptions | boolean): number {
    stateOf(pin).isOutput = false;
    return watches.set(callback, numberOf(pin), options);
  }

  return {
    /** The firmware's pin object for `D5`, `'D5'` or `5`; throws for a pin that is not there. */
    pin: (name: unknown): Pin => pins[numberOf(name)] as Pin,
    /** `Pin(name)`, and with `new` too: a name that is no pin gives undefined, not an exception. */
    toPin: (name: unknown): Pin | undefined => (isPinName(name) ? pins[numberOf(name)] : undefined),
    probe,
    digitalWrite,
    digitalRead,
    analogWrite,
    pinMode,
    setWatch,
    clearWatch: (...ids: unknown[]): void => watches.clear(ids),
    /** Runs the watches whose pins have changed; returns when it wants to be called again, in board milliseconds. */
    idle: watches.idle,
    load,
    reset,
  };
}

/** The pins of one chip. */
export type Pins = ReturnType<typeof createPins>;
