// The interpreter's `require("Wifi")` on an ESP32, on top of the driver's station.

import type { Events } from './events.ts';
import { createStation, type StationOptions } from './station.ts';
import { readConnect } from './wifiRequest.ts';

/** `stopAP` holds the interpreter for so long. */
const STOP_AP_MS = 10;

const NO_ADDRESS = '0.0.0.0';

/** The network of the board's own access point: on a house network of the same numbers the chip sends from the wrong address. */
const OWN_NETWORK = '192.168.4.';

/** 'up', 'down' without an address, or 'silent' while the station has an address and nothing passes. */
export type NetworkState = 'up' | 'down' | 'silent';

/** What the module needs of the board. */
interface WifiOptions extends Omit<StationOptions, 'events' | 'emit'> {
  events: Events;
  /** The station's MAC address, `aa:bb:cc:dd:ee:ff`. */
  mac: string;
  /** Holds the interpreter. */
  block(ms: number): void;
  /** The driver keeps the details of an event for ever. */
  leak(details: Record<string, string>): void;
  /** Firmware up to 2v29 opens an access point of its own at every boot. */
  hasOwnAccessPoint?: boolean;
}

/** Creates the module of one boot of one board. */
export function createWifi({ events, mac, block, leak, hasOwnAccessPoint = true, ...options }: WifiOptions) {
  const { ip, accessPoint } = options;
  const station = createStation({
    ...{ ...options, events },
    emit(event, details) {
      leak(details);
      events.emit(module, event, details);
    },
  });
  const { radio, isJoined, freeze, load } = station;
  const status = (): string => (isJoined() ? 'connected' : (radio.lastReason() ?? 'Unknown reason'));

  /** Later interpreters say NULL as long as nothing is up. */
  function mode(): string {
    if (options.callsBackOnFailure && !isJoined() && !hasOwnAccessPoint) return 'NULL';
    return (hasOwnAccessPoint ? 'AP' : '') + (radio.network() ? 'STA' : '') || 'NULL';
  }

  function answer<Answer>(result: Answer, callback: unknown, args: unknown[]): Answer {
    if (typeof callback === 'function') events.queue(() => (callback as (...args: unknown[]) => void)(...args));
    return result;
  }

  function getIP(callback?: unknown): object {
    const address = isJoined()
      ? { ip, netmask: '255.255.255.0', gw: accessPoint.gateway }
      : { ip: NO_ADDRESS, netmask: NO_ADDRESS, gw: NO_ADDRESS };
    const info = { ...address, mac };
    return answer(info, callback, [null, info]);
  }

  function getDetails(callback?: unknown): object {
    const { ssid, password } = radio.network() ?? {};
    const info = { ...(isJoined() ? { ssid, password, authMode: 'wpa2' } : {}), status: status() };
    return answer(info, callback, [info]);
  }

  function getStatus(callback?: unknown): object {
    const { mac: bssid, rssi } = accessPoint;
    const joined = isJoined() ? { ssid: radio.network()?.ssid, bssid, rssi, authMode: 'wpa2' } : {};
    const info = { station: status(), ...joined };
    return answer({ ...info, mode: mode(), powersave: 'none' }, callback, [info]);
  }

  function stopAP(callback?: unknown): void {
    hasOwnAccessPoint = false;
    block(STOP_AP_MS);
    answer(undefined, callback, []);
  }

  const module = events.methods({
    connect: (...args: unknown[]): void => station.connect(readConnect(args)),
    disconnect: station.disconnect,
    ...{ getIP, getDetails, getStatus, stopAP },
    getHostname: (): string => `espressif`,
    ...{ setHostname(): void {}, setConfig(): void {}, save(): void {}, restore(): void {} },
  });

  function network(): NetworkState {
    if (radio.state() !== 'joined') return 'down';
    const usesWrongAddress = hasOwnAccessPoint && ip.startsWith(OWN_NETWORK);
    return radio.isReached() && !usesWrongAddress ? 'up' : 'silent';
  }

  return {
    /** What the firmware gets from `require("Wifi")`. */
    module,
    ...{ network, freeze, load, becomeZombie: radio.becomeZombie, stop: radio.stop },
    /** Whether the station has joined, or tries to. */
    isStationOn: (): boolean => radio.state() !== 'off',
  };
}
