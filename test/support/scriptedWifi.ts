// A scripted `require("Wifi")` for unit tests: the test is the access point.

import type { Wifi } from '../../src/board.ts';

type Details = Record<string, string>;
type WifiEvent = 'associated' | 'connected' | 'disconnected';

/** One call of `connect`. */
interface Join {
  ssid: string;
  options: { password?: string };
  /** What the driver calls, or never calls, with null or a reason. */
  callback(error: string | null): void;
}

/** `require("Wifi")` in the hands of a test. */
export interface ScriptedWifi extends Wifi {
  on(event: WifiEvent, listener: (details?: Details) => void): void;
  getStatus(): { rssi?: number; mode: string };
  /** Stops the board's own access point, which is on at first. */
  stopAP(callback?: () => void): void;
  /** Starts that again. */
  openAccessPoint(): void;
  /** Leaves: 'disconnected' is emitted if it had joined, and the callback is called. */
  disconnect(callback?: () => void): void;
  removeAllListeners(event?: string): void;
  /** Every call of `connect`, oldest first. */
  readonly joins: Join[];
  /** Sets the address without an event; undefined while not joined. */
  setAddress(ip: string | undefined): void;
  /** From now on `getIP` throws, as in a build that has none. */
  hideAddress(): void;
  /** The next `connect` throws this. */
  throwOnConnect(message: string): void;
  /** Emits an event, with or without details, which the listeners share and may empty; returns them. */
  emit(event: WifiEvent, details?: Details): Details | undefined;
  /** An address comes: 'associated' is emitted, the newest callback is called, then 'connected' is emitted. */
  up(ip?: string): Details | undefined;
  /** The station loses the network: 'disconnected' is emitted. */
  down(msg?: string): Details | undefined;
}

/** Creates a station that has not joined. */
export function createScriptedWifi(): ScriptedWifi {
  const joins: Join[] = [];
  let listeners: Record<string, ((details?: Details) => void)[]> = {};
  let hasOwnAccessPoint = true;
  let address: string | undefined;
  let isHidden = false;
  let refusal: string | undefined;

  function emit(event: string, details?: Details): Details | undefined {
    listeners[event]?.forEach((listener) => listener(details));
    return details;
  }

  function down(msg = 'BEACON_TIMEOUT', reason = '200'): Details | undefined {
    address = undefined;
    return emit('disconnected', { reason, msg, ssid: 'Home' });
  }

  return {
    joins,
    connect(ssid, options, callback) {
      const message = refusal;
      refusal = undefined;
      if (message !== undefined) throw new Error(message);
      joins.push({ ssid, options, callback });
    },
    getIP() {
      if (isHidden) throw new Error('Function "getIP" not found!');
      return { ip: address ?? '0.0.0.0' };
    },
    getStatus() {
      const mode = (hasOwnAccessPoint ? 'AP' : '') + (joins.length ? 'STA' : '');
      return { mode: mode || 'NULL', ...(address === undefined ? {} : { rssi: -58 }) };
    },
    openAccessPoint() {
      hasOwnAccessPoint = true;
    },
    stopAP(callback) {
      hasOwnAccessPoint = false;
      callback?.();
    },
    disconnect(callback) {
      if (address !== undefined) down('ASSOC_LEAVE', '8');
      callback?.();
    },
    on(event: string, listener: (details?: Details) => void) {
      (listeners[event] ??= []).push(listener);
    },
    removeAllListeners(event) {
      if (event === undefined) listeners = {};
      else delete listeners[event];
    },
    setAddress(ip) {
      address = ip;
    },
    hideAddress() {
      isHidden = true;
    },
    throwOnConnect(message) {
      refusal = message;
    },
    emit,
    up(ip = '192.168.1.20') {
      emit('associated', { ssid: 'Home', mac: '02:00:00:00:00:01', channel: '6' });
      address = ip;
      joins.at(-1)?.callback(null);
      return emit('connected', { ip, netmask: '255.255.255.0', gw: '192.168.1.1' });
    },
    down,
  };
}
