// Ambient declarations of exactly what main.ts touches of the interpreter (https://www.espruino.com/Reference).

declare function require(module: 'net'): import('./ports.ts').Net;
declare function require(module: 'Storage'): import('./ports.ts').Storage;
declare function require(module: 'Wifi'): import('./ports.ts').Wifi;
declare function require(module: 'TelnetServer'): { setOptions(options: { mode: 'off' }): void };

declare function getSerial(): string;
declare function getTime(): number;
declare function setTimeout(callback: () => void, ms: number): number;
declare function clearTimeout(id: number): void;
declare function peek32(address: number): number;
declare const analogWrite: import('./ports.ts').Board['analogWrite'];
declare const pinMode: import('./ports.ts').Board['pinMode'];
declare const setWatch: import('./ports.ts').Board['setWatch'];

declare const console: { log(line: string): void };
declare const process: {
  env: { BOARD: string };
  /** Counts variables; runs the garbage collector first. */
  memory(): { free: number; usage: number };
};
declare function Pin(name: string): import('./ports.ts').OutputPin | undefined;

declare const E: {
  /** Seeds Math.random with 32 bits. */
  srand(seed: number): void;
  /** Restarts the chip when the interpreter hangs for longer; `isAuto` lets its idle loop say that it does not. */
  enableWatchdog(timeoutS: number, isAuto: boolean): void;
  reboot(): void;
  /** Absent from builds without Unicode, whose strings are bytes anyway. */
  isUTF8?(text: string): boolean;
  fromUTF8?(text: string): string;
};

/** The settings that the build carries: `npm run build -- --config FILE`. */
declare const BUILD_SETTINGS: unknown;
/** The version in package.json. */
declare const VERSION: string;
