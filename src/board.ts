// What the parts need of the board, in Espruino's own shapes: types only, no byte of this file reaches the chip.

/** A string of chars 0-255, one char per byte: how Espruino's sockets carry data. */
export type Bytes = string;

/** One line for the person at the serial console; never a secret. */
export type Log = (line: string) => void;

/** Timers and time, as the interpreter has them. */
export interface Clock {
  /** Calls back once after `ms` milliseconds; the identifier is never 0. */
  setTimeout(callback: () => void, ms: number): number;
  /** Throws on the chip when `id` is undefined. */
  clearTimeout(id: number): void;
  /** Seconds, fractional, from an arbitrary start (1970 on a chip that was never told the time). */
  getTime(): number;
}

/** A pin (`Pin` in Espruino's reference). */
export interface OutputPin {
  write(value: boolean | number): void;
  read(): boolean | number;
}

/** A TCP socket of `require("net")`. Events are queued, 'data' excepted. */
export interface Socket {
  /** Buffers without bound; throws once the socket is closed. */
  write(data: Bytes): unknown;
  /** Closes after what is buffered has been sent; unread input is lost. */
  end(): void;
  on(event: 'data', listener: (data: Bytes) => void): void;
  /** All that was written has gone out. */
  on(event: 'drain' | 'end', listener: () => void): void;
  on(event: 'error', listener: (error: { code: number; message: string }) => void): void;
  /** The last event of every socket, after 'end' and, with `hadError`, 'error'. */
  on(event: 'close', listener: (hadError: boolean) => void): void;
  removeAllListeners(event?: string): void;
}

/** `require("net")`. */
export interface Net {
  /** Blocks the whole interpreter for DNS and SYN (18 s seen); throws when refused, unreachable or unknown. */
  connect(options: { host: string; port: number }): Socket;
}

/** `require("Storage")`: flash files; names up to 28 chars. */
export interface Storage {
  /** All of a file, or `length` bytes (0 for all) from `offset` on. Makes no copy: the text lies in flash. */
  read(name: string, offset?: number, length?: number): string | undefined;
  /** `noExceptions` gives undefined for a missing or broken file. */
  readJSON(name: string, noExceptions: boolean): unknown;
  /**
   * Makes a file of `size` bytes with `data` in front (offset 0), or writes into one, where its bytes are still 0xFF.
   * Throws on empty data. Compacts, for seconds, when there is no room but trash.
   */
  write(name: string, data: string, offset?: number, size?: number): boolean;
  erase(name: string): void;
  /** Bytes behind the last file: room for new ones without a compaction. */
  getFree(): number;
}

/** `require("Wifi")` on the ESP32. */
export interface Wifi {
  connect(ssid: string, options: { password?: string }, callback: (error: string | null) => void): void;
  getIP(): { ip?: string } | undefined;
  /** Leaves the network; 'disconnected' follows. */
  disconnect(): void;
  /** Ends the board's own access point; the station stays joined. */
  stopAP(): void;
  /** `rssi` in dBm, while joined; `mode` is `NULL`, `STA`, `AP` or `APSTA`. */
  getStatus(): { rssi?: number; mode?: string };
  on(event: 'associated', listener: (details?: Record<string, string>) => void): void;
  /** Details: `ip`, `netmask`, `gw`. */
  on(event: 'connected', listener: (details?: Record<string, string>) => void): void;
  /** Details: `reason` (a number), `msg` (its name). */
  on(event: 'disconnected', listener: (details?: Record<string, string>) => void): void;
  removeAllListeners(): void;
}

/** The board as main.ts hands it out; each part says which of it it needs. */
export interface Board extends Clock {
  /**
   * What the loader says: the letter of the slot that runs, and a mark (Mark in files.ts): a trial or a rollback of this boot, else the last byte of
   * `light.boot`. Undefined where the program itself is `.bootcde`.
   */
  boot?: string;
  /** `getSerial()`: the chip's MAC address. */
  serial: string;
  /** `process.env.BOARD` */
  kind: string;
  storage: Storage;
  net: Net;
  log: Log;
  /** Undefined where the board has no pin of that name. */
  pin(name: string): OutputPin | undefined;
  /** PWM, 5 kHz and 10 bits by default; a digital write ends it. */
  analogWrite(pin: OutputPin, duty: number): void;
  pinMode(pin: OutputPin, mode: 'input_pullup'): void;
  /** `state` is the pin's level after the debounce time. */
  setWatch(
    callback: (event: { state: boolean }) => void,
    pin: OutputPin,
    options: { repeat: boolean; edge: 'both'; debounce: number },
  ): number;
  /** Calls back every `ms` milliseconds, also after a callback that threw; after a block what was missed comes in a burst. */
  setInterval(callback: () => void, ms: number): number;
  /** Throws on the chip when `id` is undefined. */
  clearInterval(id: number): void;
  process: {
    /** Counts variables; runs the garbage collector first. */
    memory(): { free: number; usage: number };
    /** Calls back with what no callback has caught. */
    on(event: 'uncaughtException', listener: (error: unknown) => void): void;
  };
  E: {
    /** Restarts the chip when nobody kicks for longer; `isAuto` lets the interpreter's idle loop kick. */
    enableWatchdog(timeoutS: number, isAuto: boolean): void;
    kickWatchdog(): void;
    /** Seeds Math.random with 32 bits. */
    srand(word: number): void;
    /** `onErrorSave`: the first error that nothing catches goes to the file `ERROR`; forgotten at a reset. */
    setFlags(flags: { onErrorSave: 1 }): void;
    /** Calls back with flags that are new since `getErrorFlags` was called: `MEMORY` where a callback was cut off. */
    on(event: 'errorFlag', listener: (flags: string[]) => void): void;
    getErrorFlags(): string[];
  };
  /** Evaluates the text of a program that is a function of the board and of parts of the light; what lies in flash is not copied. */
  eval(program: string): (board: unknown, parts: object) => unknown;
  /** Restarts the program with all variables freed: the network stays joined, no event comes, most pins keep their level. */
  load(): void;
  /** Reads a 32-bit word of memory; a wild address crashes the chip. */
  peek32(address: number): number;
  /** `Math.random`: the same on every board until it is seeded. */
  random(): number;
}
