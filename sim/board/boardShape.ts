// The types of a virtual board: its options, its parts, and what can be asked of it.

import type { AccessPoint } from '../network/accessPoint.ts';
import type { Faults } from '../network/faults.ts';
import type { PinProbe } from './pin.ts';
import type { SoftApDetails } from './softAp.ts';
import type { VirtualStorage } from './storage.ts';
import type { ConnectTcp } from '../network/tcp.ts';
import type { TimeSource } from '../time/timeSource.ts';
import type { Awaited } from './waiting.ts';

/** How a chip that stops ends its TCP connections: not at all, as a real one does, or with FIN or RST. */
export type LastWords = 'silent' | 'fin' | 'reset';

/** Why a boot ended, or began. */
export type ResetCause = 'reboot' | 'watchdog' | 'crash' | 'power';

/** Options of a board; every one has a default. */
export interface BoardOptions {
  /** The text of dist/firmware.js; goes to `.bootcde`. Without it the flash boots what it holds. */
  firmware?: string;
  /** Written to `light.json`. */
  config?: object;
  /** The chip's MAC address as `getSerial` gives it: `aabbccdd-eeff`. */
  serial?: string;
  /** The flash; a new one by default. */
  storage?: VirtualStorage;
  /** Chip milliseconds per wall millisecond. */
  speed?: number;
  /** The wall's by default, which `waitFor` uses in any case. */
  time?: TimeSource;
  /** Makes the board's connections; real ones by default. */
  connectTcp?: ConnectTcp;
  accessPoint?: AccessPoint;
  /** Names, addresses or `host:port` to `127.0.0.1:1884`, 'blackhole', 'unknown' or 'refused'; may be changed while the board runs. */
  hosts?: Map<string, string>;
  ip?: string;
  /** Seeds this chip's hardware noise; from the serial by default. */
  hardwareSeed?: number;
  wifi?: { noticesLoss?: boolean; callsBackOnFailure?: boolean; hasOwnAccessPoint?: boolean };
  /** Variables of the interpreter; fewer run out sooner. */
  totalVariables?: number;
  /** Wall milliseconds after which a callback that does not return counts as hung; without it a hung program hangs the test. */
  hangLimitMs?: number;
  extraModules?: Record<string, unknown>;
  /** Modules that this build lacks, such as TelnetServer. */
  missingModules?: string[];
  onLine?: (line: string) => void;
}

/** What of a board outlives a boot: its options with their defaults, and the line to the network. */
export interface BoardParts
  extends
    Required<Omit<BoardOptions, 'firmware' | 'config' | 'onLine' | 'hangLimitMs' | 'totalVariables'>>,
    Pick<BoardOptions, 'hangLimitMs' | 'totalVariables'> {
  faults: Faults;
  mac: string;
  /** Puts bytes of the chip on its serial line. */
  transmit(bytes: string): void;
}

/** The other end of the board's serial line; one char per byte. */
export interface SerialLine {
  send(bytes: string): void;
  /** Calls back with what the chip sends; returns what ends that. */
  onBytes(listener: (bytes: string) => void): () => void;
}

/** A virtual ESP32. */
export interface VirtualBoard {
  readonly serial: string;
  readonly storage: VirtualStorage;
  /** The line between this board's sockets and the network. */
  readonly faults: Faults;
  readonly hosts: Map<string, string>;
  readonly accessPoint: AccessPoint;
  /** Every line of the serial console since the board was made. */
  readonly console: string[];
  /** Every reset that the chip made itself, and every power-on. */
  readonly resets: { timeMs: number; cause: ResetCause }[];
  powerOn(): void;
  /** Cuts the power at once. By default no peer notices: their end of TCP stays open. */
  powerOff(lastWords?: LastWords): void;
  /** The reset button. */
  reset(): void;
  pin(name: string): PinProbe;
  waitFor(what: Awaited, limitMs?: number): Promise<void>;
  isOn(): boolean;
  /** Chip milliseconds since the board was made, as the firmware sees them. */
  nowMs(): number;
  isTelnetOpen(): boolean;
  pendingTimers(): number;
  openSockets(): number;
  /** The loopback's port that stands for a port on which the program listens; undefined when it does not. */
  serverPort(chipPort: number): Promise<number> | undefined;
  /** The board's own access point as others see it; undefined when it is off. */
  softAp(): SoftApDetails | undefined;
  readonly serialLine: SerialLine;
  /** Every connect of this boot, failed ones with their exception. */
  attempts(): { host: string; port: number; error?: string }[];
  /** Runs a line as if typed at the prompt. */
  type(text: string): void;
  /** What the chip's register holds after each kind of reset; may be changed: a watchdog of a timer group is 7 or 8. */
  readonly resetCodes: Record<ResetCause, number>;
  /**
   * Lets the Wi-Fi task and the interpreter collide at the `nth` callback from now, counted from 1: it throws, every timer is gone, no
   * event of Wi-Fi or sockets comes any more, and what Wi-Fi says of its state stays as it is, until `load()` or a reset.
   */
  race(nth?: number): void;
  /**
   * Makes the interpreter believe at the next address that it is out of memory: the `nth` callback from there is cut off after so many
   * calls of the chip's functions, and nothing in the program catches it.
   */
  cutOff(nth?: number, calls?: number): void;
  /** Lets nothing pass any more though the station keeps its address: connects block and fail, until it leaves and joins. */
  becomeZombie(): void;
  /** Sets the chip's clock from the network, in seconds since 1970: timers jump with it. */
  setClock(seconds: number): void;
  /** The firmware's global object. */
  global(): Record<string, unknown>;
  /** Ends everything, also the connections that a stopped chip has left open. */
  dispose(): void;
}
