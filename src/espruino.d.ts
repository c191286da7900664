// Ambient declarations of exactly what main.ts touches of the interpreter (https://www.espruino.com/Reference).

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

declare const console: { log(line: string): void };
declare const process: import('./board.ts').Board['process'] & { env: { BOARD: string } };
declare function Pin(name: string): import('./board.ts').OutputPin | undefined;

declare const E: import('./board.ts').Board['E'] & {
  /** Absent from builds without Unicode, whose strings are bytes anyway. */
  isUTF8?(text: string): boolean;
  fromUTF8?(text: string): string;
};

/** The settings that the build carries: `npm run build -- --config FILE`. */
declare const BUILD_SETTINGS: unknown;
/** The version in package.json. */
declare const VERSION: string;
