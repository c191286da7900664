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
  /** Pulls the pin to a level from outside; undefined releases it. */
  drive(level: 0 | 1 | undefined): void;
  /** Calls back after each write of the firmware; returns what ends that. */
  onChange(listener: (change: PinChange) => void): () => void;
}

/** What one pin needs of the others and the board. */
interface PinOptions {
  number: number;
  /** The time as the firmware sees it. */
  nowMs(): number;
  /** Without power nothing that a stopped program does reaches a pin. */
  isPowered(): boolean;
  /** The level has changed from outside. */
  onLevel(level: boolean): void;
}

/** Creates one pin: what the firmware's functions do to it, and both views of it. */
export function createPin({ number, nowMs, isPowered, onLevel }: PinOptions) {
  const history: PinChange[] = [];
  const listeners = new Set<(change: PinChange) => void>();
  let mode = 'input';
  /** The program has set the mode itself: a write or a read leaves it as it is. */
  let isManual = false;
  /** Whether the chip drives the pin. */
  let isOutput = false;
  /** What the output is set to, driven or not. */
  let duty = 0;
  let driven: 0 | 1 | undefined;

  /** The level on the wire. An undriven input follows its pull; without one it reads low here, and noise on a real board. */
  function level(): boolean {
    if (isOutput) return duty >= 0.5;
    if (driven !== undefined) return driven === 1;
    return mode === 'input_pullup' || number === BOOT_BUTTON_PIN;
  }

  function record(next: number, how: { pwm: boolean; freq?: number }): void {
    duty = next;
    if (!isOutput) return;
    const change = { timeMs: nowMs(), duty, ...how };
    history.push(change);
    listeners.forEach((listener) => listener(change));
  }

  /** A write or a read changes the mode, unless the program has set it. */
  function setAutomatically(next: 'input' | 'output'): void {
    if (isManual || !isPowered()) return;
    mode = next;
    isOutput = next === 'output';
  }

  function write(value: unknown): void {
    setAutomatically('output');
    if (isPowered()) record(Number(value) ? 1 : 0, { pwm: false });
  }

  function read(): boolean {
    setAutomatically('input');
    return level();
  }

  function toggle(): boolean {
    const next = !level();
    write(next);
    return next;
  }

  function analogWrite(value: number, options?: { freq?: number }): void {
    setAutomatically('output');
    if (!isPowered()) return;
    // LEDC drives the pin whatever its mode.
    isOutput = true;
    const clamped = Math.min(1, Math.max(0, Number(value) || 0));
    const freq = options?.freq;
    record(Math.floor(clamped * PWM_STEPS) / PWM_STEPS, { pwm: true, ...(freq === undefined ? {} : { freq }) });
  }

  function setMode(next: string | undefined): void {
    isManual = false;
    if (next === undefined || next === 'auto') return;
    const drives = OUTPUT_MODES.includes(next);
    if (!drives && !INPUT_MODES.includes(next)) throw new Error('Unknown pin mode');
    const drivesAnew = drives && !isOutput;
    isManual = true;
    mode = next;
    isOutput = drives;
    if (drivesAnew && duty) record(duty, { pwm: false });
  }

  function drive(next: 0 | 1 | undefined): void {
    const before = level();
    driven = next;
    if (level() !== before) onLevel(!before);
  }

  function onChange(listener: (change: PinChange) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  const pin: Pin = Object.freeze({
    ...{ write, read, toggle },
    set: () => write(1),
    reset: () => write(0),
    mode: (next?: string) => (next === undefined ? mode : void setMode(next)),
    toString: () => `D${number}`,
  });
  const probe: PinProbe = { history, duty: () => (isOutput ? duty : 0), mode: () => mode, drive, onChange };

  return {
    ...{ pin, probe, level, analogWrite, setMode },
    /** A watch makes an input of its pin. */
    stopDriving(): void {
      isOutput = false;
    },
    /** A new program knows nothing of a mode that was set. */
    forgetMode(): void {
      isManual = false;
    },
    pullUp(): void {
      mode = 'input_pullup';
      isOutput = false;
    },
    /** The pin floats; the record, and what drives the pin from outside, stay. */
    float(): void {
      mode = 'input';
      isManual = isOutput = false;
      duty = 0;
    },
  };
}
