// The station side of `require("Wifi")` on an ESP32: it joins, retries twice in silence, gives up for good, and closes no socket.

import type { AccessPoint, TcpFate } from './accessPoint.ts';
import type { BoardClock } from './loop.ts';
import type { Timer } from './time/time.ts';
import { readConnect, type ConnectCallback } from './wifiRequest.ts';
import type { Events } from './events.ts';

/** From start to an address: scan, join, four-way handshake, DHCP. */
const JOIN_MS = 1500;

/** A scan that does not find the network. */
const SCAN_MS = 2000;

/** The handshake that a wrong password fails. */
const HANDSHAKE_MS = 3000;

/** A station notices that the beacons have stopped. With two silent retries the firmware hears of it within 10 s. */
const BEACON_LOSS_MS = 5000;

/** Failures that the driver retries without a word after `connect`; it counts down and success does not reset it. */
const RETRIES = 3;

const NO_ADDRESS = '0.0.0.0';
const CHANNEL = '6';

/** Espressif's reason codes (esp_wifi_types). */
const REASONS = {
  ASSOC_LEAVE: '8',
  FOUR_WAY_HANDSHAKE_TIMEOUT: '15',
  BEACON_TIMEOUT: '200',
  NO_AP_FOUND: '201',
} as const;
type Reason = keyof typeof REASONS;

const reasonText = (reason: Reason): string =>
  reason === 'FOUR_WAY_HANDSHAKE_TIMEOUT' ? '4WAY_HANDSHAKE_TIMEOUT' : reason;

/** What the station needs of the board. */
export interface WifiOptions {
  events: Events;
  clock: BoardClock;
  accessPoint: AccessPoint;
  /** The station's MAC address, `aa:bb:cc:dd:ee:ff`. */
  mac: string;
  /** Its address once it has joined. */
  ip: string;
  /** Tells the line whether anything passes: the radio comes and goes without the sockets' knowledge. */
  carrier(isUp: boolean, fate?: TcpFate): void;
  /** Whether the station notices that the beacons have stopped; if not, the firmware is told nothing. */
  noticesLoss?: boolean;
  /** Firmware up to 2v29 never calls back when a connect fails; later ones give the reason. */
  callsBackOnFailure?: boolean;
}

/** Creates the station of one boot of one board. */
export function createWifi(options: WifiOptions) {
  const { events, clock, accessPoint, mac, ip, carrier, noticesLoss = true, callsBackOnFailure = false } = options;
  const { setTimeout, clearTimeout } = clock.time;
  let state: 'off' | 'joining' | 'joined' = 'off';
  let hasAddress = false;
  let ssid = '';
  let password = '';
  let retries = 0;
  let onAddress: ConnectCallback | undefined;
  let onDisconnect: (() => void) | undefined;
  let lastReason: Reason | undefined;
  let step: Timer | undefined;
  let isReconnecting = false;

  const details = (more: object): object => ({ ssid, mac: accessPoint.mac, ...more });

  /** The radio works on its own while the interpreter is blocked: these are chip milliseconds of the world. */
  function after(ms: number, next: () => void): void {
    clearTimeout(step);
    step = setTimeout(next, ms / clock.speed);
  }

  function join(): void {
    state = 'joining';
    if (!accessPoint.isOn() || accessPoint.ssid !== ssid) after(SCAN_MS, () => lost('NO_AP_FOUND'));
    else if (accessPoint.password !== password) after(HANDSHAKE_MS, () => lost('FOUR_WAY_HANDSHAKE_TIMEOUT'));
    else after(JOIN_MS, joined);
  }

  function joined(): void {
    if (!accessPoint.isOn() || accessPoint.ssid !== ssid) return lost('NO_AP_FOUND');
    state = 'joined';
    hasAddress = true;
    carrier(true);
    events.emit(module, 'associated', details({ channel: CHANNEL }));
    const callback = onAddress;
    onAddress = undefined;
    if (callback) events.queue(() => callback(null));
    events.emit(module, 'connected', { ip, netmask: '255.255.255.0', gw: accessPoint.gateway });
  }

  /** The driver's 'disconnected': retried in silence while retries are left, then the radio stops. */
  function lost(reason: Reason): void {
    clearTimeout(step);
    hasAddress = false;
    carrier(false);
    lastReason = reason;
    retries -= 1;
    if (retries > 0) return join();
    state = 'off';
    const left = onDisconnect;
    onDisconnect = undefined;
    if (left) events.queue(left);
    events.emit(module, 'disconnected', details({ reason: REASONS[reason], msg: reasonText(reason) }));
    const callback = onAddress;
    if (callback && callsBackOnFailure) events.queue(() => callback(reasonText(reason)));
    if (callsBackOnFailure) onAddress = undefined;
  }

  function connect(...args: unknown[]): void {
    const request = readConnect(args);
    ssid = request.ssid;
    password = request.password;
    retries = RETRIES;
    onDisconnect = undefined;
    onAddress = request.callback;
    if (state === 'off') join();
    else if (state === 'joined') rejoin();
  }

  /** A connect of a joined station leaves first; the sockets are not told. */
  function rejoin(): void {
    if (isReconnecting) return;
    isReconnecting = true;
    events.queue(() => {
      isReconnecting = false;
      lost('ASSOC_LEAVE');
    });
  }

  function disconnect(callback?: unknown): void {
    retries = 0;
    // The callback is queued at once and kept for the event too: a joined station's is called twice.
    if (typeof callback === 'function') events.queue(callback as () => void);
    if (state === 'off') return;
    onDisconnect = callback as (() => void) | undefined;
    events.queue(() => lost('ASSOC_LEAVE'));
  }

  const status = (): string =>
    state === 'joined' ? 'connected' : lastReason ? reasonText(lastReason) : 'Unknown reason';

  function answer<Answer>(result: Answer, callback: unknown, args: unknown[]): Answer {
    if (typeof callback === 'function') events.queue(() => (callback as (...args: unknown[]) => void)(...args));
    return result;
  }

  const module = events.methods({
    connect,
    disconnect,
    getIP(callback?: unknown): object {
      const up = hasAddress;
      const info = {
        ip: up ? ip : NO_ADDRESS,
        netmask: up ? '255.255.255.0' : NO_ADDRESS,
        gw: up ? accessPoint.gateway : NO_ADDRESS,
        mac,
      };
      return answer(info, callback, [null, info]);
    },
    getDetails(callback?: unknown): object {
      const info = { ...(state === 'joined' ? { ssid, password, authMode: 'wpa2' } : {}), status: status() };
      return answer(info, callback, [info]);
    },
    getStatus(callback?: unknown): object {
      const station = {
        station: status(),
        ...(state === 'joined' ? { ssid, bssid: accessPoint.mac, rssi: accessPoint.rssi, authMode: 'wpa2' } : {}),
      };
      return answer({ ...station, mode: state === 'joined' ? 'STA' : 'NULL', powersave: 'none' }, callback, [station]);
    },
    getHostname: (): string => `espressif`,
    setHostname: (): void => {},
    setConfig: (): void => {},
    save: (): void => {},
    restore: (): void => {},
    stopAP: (callback?: unknown): void => answer(undefined, callback, []),
  });

  const leave = accessPoint.onChange((isOn, fate) => {
    if (state !== 'joined') return;
    carrier(isOn, fate);
    if (isOn) clearTimeout(step);
    else if (noticesLoss) after(BEACON_LOSS_MS, () => lost('BEACON_TIMEOUT'));
  });

  return {
    /** What the firmware gets from `require("Wifi")`. */
    module,
    /** 'up', 'down' without an address, or 'deaf' while the loss of the access point is unnoticed. */
    network: (): 'up' | 'down' | 'deaf' => (!hasAddress ? 'down' : accessPoint.isOn() ? 'up' : 'deaf'),
    isRadioOn: (): boolean => state !== 'off',
    /** The chip loses its power. */
    die(): void {
      clearTimeout(step);
      leave();
    },
  };
}

/** The station of one boot of one board. */
export type Wifi = ReturnType<typeof createWifi>;
