// One pin of the chip: its level, its PWM and its pull, with a record of all that the firmware did to it.

/** LEDC runs with 10 bits: a duty is cut to 1024ths. */
const PWM_STEPS = 1024;

/** The BOOT button pulls GPIO0 down against a resistor on the board. */
const BOOT_BUTTON_PIN = 0;

/** Modes in which the chip drives the pin, and the others. */
const OUTPUT_MODES = ['output', 'opendrain', 'opendrain_pullup', 'af_output', 'af_opendrain'];
const INPUT_MODES = ['input', 'input_pullup', 'input_pulldown', 'analog'];

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
  /** Drives the pin from outside; undefined releases it. */
  drive(level: 0 | 1 | undefined): void;
  /** Calls back after each write of the firmware; returns what ends that. */
  onChange(listener: (change: PinChange) => void): () => void;
}

/** What the chip, the program and the world have done to a pin. */
interface PinState {
  readonly number: number;
  mode: string;
  /** The program has set the mode itself: a write or a read leaves it as it is. */
  isManual: boolean;
  /** Whether the chip drives the pin. */
  isOutput: boolean;
  /** What the output is set to, driven or not. */
  duty: number;
  /** The level that drives the pin from outside. */
  driven?: 0 | 1 | undefined;
}

/** A pin as a reset leaves it. */
export const FLOATING = { mode: 'input', isManual: false, isOutput: false, duty: 0 };

/** The level on the wire. An undriven input follows its pull; without one it reads low here, and noise on a real board. */
export function levelOf({ number, mode, isOutput, duty, driven }: PinState): boolean {
  if (isOutput) return duty >= 0.5;
  if (driven !== undefined) return driven === 1;
  return mode === 'input_pullup' || number === BOOT_BUTTON_PIN;
}

/** What one pin needs of the board. */
interface PinOptions {
  number: number;
  /** The time as the firmware sees it. */
  nowMs(): number;
  /** Without power nothing that a stopped program does reaches a pin. */
  isPowered(): boolean;
  /** The level has changed from outside. */
  onLevel(level: boolean): void;
}

/** Creates one pin: its state, what the firmware's functions do to it, and both views of it. */
export function createPin({ number, nowMs, isPowered, onLevel }: PinOptions) {
  const state: PinState = { number, ...FLOATING };
  const history: PinChange[] = [];
  const listeners = new Set<(change: PinChange) => void>();

  function record(duty: number, how: { pwm: boolean; freq?: number }): void {
    state.duty = duty;
    if (!state.isOutput) return;
    const change = { timeMs: nowMs(), duty, ...how };
    history.push(change);
    listeners.forEach((listener) => listener(change));
  }

  /** A write or a read changes the mode, unless the program has set it. */
  function setAutomatically(mode: 'input' | 'output'): void {
    if (!state.isManual && isPowered()) Object.assign(state, { mode, isOutput: mode === 'output' });
  }

  function write(value: unknown): void {
    setAutomatically('output');
    if (isPowered()) record(Number(value) ? 1 : 0, { pwm: false });
  }

  function read(): boolean {
    setAutomatically('input');
    return levelOf(state);
  }

  function toggle(): boolean {
    const next = !levelOf(state);
    write(next);
    return next;
  }

  function analogWrite(value: number, options?: { freq?: number }): void {
    setAutomatically('output');
    if (!isPowered()) return;
    // LEDC drives the pin whatever its mode.
    state.isOutput = true;
    const clamped = Math.min(1, Math.max(0, Number(value) || 0));
    const freq = options?.freq;
    record(Math.floor(clamped * PWM_STEPS) / PWM_STEPS, { pwm: true, ...(freq === undefined ? {} : { freq }) });
  }

  function setMode(mode: string | undefined): void {
    state.isManual = false;
    if (mode === undefined || mode === 'auto') return;
    const isOutput = OUTPUT_MODES.includes(mode);
    if (!isOutput && !INPUT_MODES.includes(mode)) throw new Error('Unknown pin mode');
    const drivesAnew = isOutput && !state.isOutput;
    Object.assign(state, { mode, isOutput, isManual: true });
    if (drivesAnew && state.duty) record(state.duty, { pwm: false });
  }

  function drive(level: 0 | 1 | undefined): void {
    const before = levelOf(state);
    state.driven = level;
    if (levelOf(state) !== before) onLevel(!before);
  }

  function onChange(listener: (change: PinChange) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  const pin: Pin = Object.freeze({
    ...{ write, read, toggle },
    set: () => write(1),
    reset: () => write(0),
    mode: (mode?: string) => (mode === undefined ? state.mode : void setMode(mode)),
    toString: () => `D${number}`,
  });
  const duty = (): number => (state.isOutput ? state.duty : 0);
  const probe: PinProbe = { history, duty, mode: () => state.mode, drive, onChange };
  return { state, pin, probe, analogWrite, setMode };
}
