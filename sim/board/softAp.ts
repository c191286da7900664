// The board's own access point, beside its station.

import type { BoardClock } from './boardClock.ts';
import type { Events } from './events.ts';
import type { Faults } from '../network/faults.ts';

/** `stopAP` holds the interpreter for so long. */
const STOP_MS = 10;

/** From `startAP` to its callback. */
const START_MS = 200;

/** Stations lose an access point that goes to another channel, and find it again after so long. */
const MOVE_MS = 3_000;

/** Where an access point begins. */
const FIRST_CHANNEL = '1';

const SHORTEST_PASSWORD = 8;

/** `strcpy` of more would run over. */
const LONGEST_PASSWORD = 63;

/** How others see the access point. */
export interface SoftApDetails {
  ssid: string;
  authMode: string;
  /** Empty when it is open. */
  password: string;
}

/** What the access point needs of the board. */
interface SoftApOptions {
  events: Pick<Events, 'queue'>;
  clock: BoardClock;
  mac: string;
  /** The line to those who connect to the board. */
  serverFaults: Faults;
  /** Firmware up to 2v29 opens one of its own at every boot. */
  isOn: boolean;
  block(ms: number): void;
}

const isFunction = (value: unknown): value is () => void => typeof value === 'function';

/** Reads the arguments of `startAP`; throws as the chip does. */
function readStart(ssid: unknown, options: unknown, callback: unknown): SoftApDetails {
  if (callback !== undefined && !isFunction(callback))
    throw new Error(`Expecting callback function but got ${typeof callback}`);
  if (typeof ssid !== 'string') throw new Error('No SSID');
  if (options !== undefined && options !== null && typeof options !== 'object')
    throw new Error(`Expecting options object but got ${typeof options}`);
  const { password, authMode } = (options ?? {}) as { password?: unknown; authMode?: unknown };
  if (password !== undefined && (typeof password !== 'string' || password.length < SHORTEST_PASSWORD))
    throw new Error('Password must be string of at least 8 characters');
  const key = String(password ?? '').slice(0, LONGEST_PASSWORD);
  const mode = typeof authMode === 'string' ? authMode : key ? 'wpa2' : 'open';
  if (!['open', 'wpa', 'wpa2', 'wpa_wpa2'].includes(mode)) throw new Error('Unknown authMode value');
  if (mode !== 'open' && !key) throw new Error('Password not set but authMode not open');
  if (mode === 'open' && key) throw new Error('Auth mode set to open but password supplied');
  return { ssid: ssid.slice(0, 32), authMode: mode, password: key };
}

/** Creates the access point of one boot. */
export function createSoftAp({ events, clock, mac, serverFaults, isOn, block }: SoftApOptions) {
  const own = { ssid: `ESP_${mac.replaceAll(':', '').slice(-6).toUpperCase()}`, authMode: 'open', password: '' };
  let details: SoftApDetails | undefined = isOn ? own : undefined;
  let channel = FIRST_CHANNEL;
  let isMoving = false;
  /** Grows when the callbacks of the program are gone. */
  let program = 0;

  /** Whoever is connected hears nothing more; who comes later does. */
  function losePeers(): void {
    serverFaults.drop();
    serverFaults.heal();
  }

  function startAP(ssid?: unknown, options?: unknown, callback?: unknown): void {
    details = readStart(ssid, options, callback);
    const starter = program;
    clock.after(START_MS, () => {
      if (starter === program && isFunction(callback)) events.queue(callback);
    });
  }

  function stopAP(callback?: unknown): void {
    details = undefined;
    losePeers();
    block(STOP_MS);
    if (isFunction(callback)) events.queue(callback);
  }

  return {
    ...{ startAP, stopAP },
    details: (): SoftApDetails | undefined => details,
    /** The station uses this channel, and there is one radio: whoever is joined is lost for a while. */
    move(next: string): void {
      if (!details || next === channel) return;
      channel = next;
      isMoving = true;
      losePeers();
      clock.after(MOVE_MS, () => {
        isMoving = false;
        clock.wake();
      });
    },
    /** Whether its stations are on their way to another channel. */
    isMoving: (): boolean => isMoving,
    load(): void {
      program += 1;
    },
  };
}
