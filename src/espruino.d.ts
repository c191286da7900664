// Ambient declarations of exactly what main.ts touches of the interpreter (https://www.espruino.com/Reference).

declare function require(module: 'net'): import('./ports.ts').Net;
declare function require(module: 'Storage'): import('./ports.ts').Storage;
declare function require(module: 'Wifi'): import('./ports.ts').Wifi;
declare function require(module: 'TelnetServer'): { setOptions(options: { mode: 'off' }): void };

declare function getSerial(): string;
declare function getTime(): number;
declare function setTimeout(callback: () => void, ms: number): number;
declare function clearTimeout(id: number): void;
/** Reads a 32-bit word of memory; a wild address crashes the chip. */
declare function peek32(address: number): number;

declare const console: { log(line: string): void };
declare const process: { env: { BOARD: string; VERSION: string }; memory(): { free: number; usage: number } };
/** Undefined where the board has no pin of that name. */
declare function Pin(name: string): import('./ports.ts').OutputPin | undefined;

declare const E: {
  /** Seeds Math.random with 32 bits. */
  srand(seed: number): void;
  /** Absent from builds without Unicode, whose strings are bytes anyway. */
  isUTF8?(text: string): boolean;
  fromUTF8?(text: string): string;
};

/** The settings that the build carries: `npm run build -- --config FILE`. */
declare const BUILD_SETTINGS: unknown;
/** The version in package.json. */
declare const VERSION: string;
