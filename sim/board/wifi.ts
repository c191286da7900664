// The interpreter's `require("Wifi")` on an ESP32, on top of the driver's station.

import { CHANNEL } from '../network/accessPoint.ts';
import type { Events } from './events.ts';
import type { Faults } from '../network/faults.ts';
import { createScan } from './scan.ts';
import { createSoftAp } from './softAp.ts';
import { createStation, type StationOptions } from './station.ts';
import { readConnect } from './wifiRequest.ts';

const NO_ADDRESS = '0.0.0.0';

/** The network of the board's own access point: on a house network of the same numbers the chip sends from the wrong address. */
const OWN_NETWORK = '192.168.4.';

/** 'up', 'down' without an address, or 'silent' while the station has an address and nothing passes. */
export type NetworkState = 'up' | 'down' | 'silent';

/** What the module needs of the board. */
interface WifiOptions extends Omit<StationOptions, 'events' | 'emit' | 'onAssociate'> {
  events: Events;
  /** The station's MAC address, `aa:bb:cc:dd:ee:ff`. */
  mac: string;
  /** Holds the interpreter. */
  block(ms: number): void;
  /** The line to those who connect to the board. */
  serverFaults: Faults;
  /** The driver keeps the details of an event for ever. */
  leak(details: Record<string, string>): void;
  /** Firmware up to 2v29 opens an access point of its own at every boot. */
  hasOwnAccessPoint?: boolean;
}

/** Creates the module of one boot of one board. */
export function createWifi({ events, mac, leak, hasOwnAccessPoint = true, ...options }: WifiOptions) {
  const { ip, accessPoint } = options;
  const softAp = createSoftAp({ ...options, events, mac, isOn: hasOwnAccessPoint });
  const isApOn = (): boolean => softAp.details() !== undefined;
  const station = createStation({
    ...{ ...options, events, onAssociate: () => softAp.move(CHANNEL) },
    emit(event, details) {
      leak(details);
      events.emit(module, event, details);
    },
  });
  const { radio, isJoined, freeze } = station;
  const scanner = createScan({ ...options, events, isJoining: () => radio.state() === 'joining' });
  let isStationMode = false;
  const status = (): string => (isJoined() ? 'connected' : (radio.lastReason() ?? 'Unknown reason'));

  /** Later interpreters say NULL as long as nothing is up. */
  function mode(): string {
    if (options.callsBackOnFailure && !isJoined() && !isApOn()) return 'NULL';
    return (isApOn() ? 'AP' : '') + (radio.network() || isStationMode ? 'STA' : '') || 'NULL';
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

  function scan(callback?: unknown): void {
    scanner.scan(callback);
    isStationMode = true;
  }

  const module = events.methods({
    connect: (...args: unknown[]): void => station.connect(readConnect(args)),
    disconnect: station.disconnect,
    ...{ getIP, getDetails, getStatus, scan, startAP: softAp.startAP, stopAP: softAp.stopAP },
    getHostname: (): string => `espressif`,
  });

  function network(): NetworkState {
    if (radio.state() !== 'joined') return 'down';
    const usesWrongAddress = isApOn() && ip.startsWith(OWN_NETWORK);
    return radio.isReached() && !usesWrongAddress ? 'up' : 'silent';
  }

  return {
    /** What the firmware gets from `require("Wifi")`. */
    module,
    ...{ network, freeze, becomeZombie: radio.becomeZombie, stop: radio.stop },
    /** The board's own access point, as others see it. */
    softAp: softAp.details,
    /** Whether those who connect to the board reach it. */
    isReached: (): boolean => !softAp.isMoving() && (isApOn() || network() === 'up'),
    load(): void {
      station.load();
      softAp.load();
      scanner.load();
    },
    /** Whether the station has joined, or tries to. */
    isStationOn: (): boolean => radio.state() !== 'off',
  };
}
