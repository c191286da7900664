// What set-up mode needs of the board beyond what the light needs, in Espruino's own shapes: types only.
import type { Board, Bytes, Net, Socket, Wifi } from '../board.ts';
import type { Settings } from '../config.ts';
import type { Health } from '../health.ts';
import type { Station } from '../wifi.ts';

/** A network that a scan has heard. */
export interface HeardNetwork {
  /** Whatever somebody has called it; empty when it is hidden. */
  ssid: Bytes;
  /** dBm */
  rssi: number;
  /** `open`, `wep`, `wpa`, `wpa2`, `wpa_wpa2`, `unknown` */
  authMode: string;
}

/** `require("Wifi")` on the ESP32, with the board's own access point. */
export interface SetUpWifi extends Wifi {
  /** Throws for a password under 8 chars. */
  startAP(ssid: Bytes, options: { authMode: 'wpa2'; password: string }, callback: () => void): void;
  /** Calls back after 2.5 s, but never when the station is joining; throws while another scan runs. */
  scan(callback: (networks: HeardNetwork[]) => void): void;
  /** Called before the listeners that there are. */
  prependListener(event: 'disconnected', listener: (details?: Record<string, string>) => void): void;
  removeListener(event: 'disconnected', listener: (details?: Record<string, string>) => void): void;
}

/** A server of `require("net")`. */
export interface Server {
  /** Throws when the port or the last socket is taken. */
  listen(port: number): void;
  close(): void;
}

/** `require("net")`, with servers. */
export interface SetUpNet extends Net {
  createServer(onConnect: (socket: Socket) => void): Server;
}

/** A serial port, `Serial1` for one. */
export interface Serial {
  write(bytes: Bytes): void;
  /** Takes bytes as if they had come over the wire. */
  inject(bytes: Bytes): void;
  on(event: 'data', listener: (bytes: Bytes) => void): void;
  removeListener(event: 'data', listener: (bytes: Bytes) => void): void;
}

/** The board as the light hands it to the set-up program. */
export interface SetUpBoard extends Omit<Board, 'net' | 'E'> {
  net: SetUpNet;
  E: Board['E'] & {
    /** Makes a text of UTF-8 bytes; absent from builds without Unicode, whose strings are bytes anyway. */
    asUTF8?(bytes: Bytes): string;
    /** The name of the port with the console; null for none. */
    getConsole(): string | null;
    setConsole(device: Serial | null, options?: { force: boolean }): void;
    /** `load()` has been called. */
    on(event: 'kill', listener: () => void): void;
    removeListener(event: 'kill', listener: () => void): void;
  };
}

/** The parts of the light that set-up mode works with. */
export interface SetUpParts {
  wifi: SetUpWifi;
  settings: Settings;
  station: Pick<Station, 'hold'>;
  health: Pick<Health, 'wanted'>;
  version: string;
}
