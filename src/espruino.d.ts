// Ambient declarations of exactly what the programs touch of the interpreter (https://www.espruino.com/Reference).

declare function require(module: 'net'): import('./board.ts').Net;
declare function require(module: 'Storage'): import('./board.ts').Storage;
declare function require(module: 'Wifi'): import('./board.ts').Wifi;
declare function require(module: 'TelnetServer'): { setOptions(options: { mode: 'off' }): void };

declare function getSerial(): string;
declare const global: Pick<
  import('./board.ts').Board,
  | 'setTimeout'
  | 'clearTimeout'
  | 'setInterval'
  | 'clearInterval'
  | 'getTime'
  | 'load'
  | 'eval'
  | 'peek32'
  | 'analogWrite'
  | 'pinMode'
  | 'setWatch'
  | 'process'
  | 'E'
> &
  Record<string, unknown>;

declare function load(): void;
declare function print(what: unknown): void;
/** A text is a program, in RAM. */
declare function setTimeout(callback: (() => void) | string, ms: number): number;
/** Without an argument it clears every timer, intervals too. */
declare function clearTimeout(id?: number): void;

declare const console: { log(line: string): void };
declare const process: import('./board.ts').Board['process'] & { env: { BOARD: string } };
declare function Pin(name: string): import('./board.ts').OutputPin | undefined;

declare const E: import('./board.ts').Board['E'] & {
  /** Panics while Wi-Fi is joined. */
  reboot(): void;
  /** Absent from builds without Unicode, whose strings are bytes anyway. */
  isUTF8?(text: string): boolean;
  fromUTF8?(text: string): string;
};

/** The settings that the build carries: `npm run build -- --config FILE`. */
declare const BUILD_SETTINGS: unknown;
/** The version in package.json. */
declare const VERSION: string;
