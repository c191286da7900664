// The station side of `require("Wifi")` on an ESP32: it joins, retries twice in silence, gives up for good, and closes no socket.

import type { AccessPoint, TcpFate } from '../network/accessPoint.ts';
import type { BoardClock } from './boardClock.ts';
import type { Timer } from '../time/timeSource.ts';
import { readConnect, type ConnectCallback } from './wifiRequest.ts';
import type { Events } from './events.ts';

/** From start to an address: scan, join, four-way handshake, DHCP. */
const JOIN_MS = 1500;

/** Three scans that do not find the network take 2.8 s. */
const SCAN_MS = 933;

/** From `disconnect` until the station has left. */
const LEAVE_MS = 40;

/** `stopAP` holds the interpreter for so long. */
const STOP_AP_MS = 10;

/** The handshake that a wrong password fails. */
const HANDSHAKE_MS = 3000;

/** A station notices that the beacons have stopped. With two silent retries the firmware hears of it within 10 s. */
const BEACON_LOSS_MS = 5000;

/** Failures that the driver retries without a word after `connect`; it counts down and success does not reset it. */
const RETRIES = 3;

const NO_ADDRESS = '0.0.0.0';

/** The network of the board's own access point: on a house network of the same numbers the chip sends from the wrong address. */
const OWN_NETWORK = '192.168.4.';
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

type State = 'off' | 'joining' | 'joined';

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
  /** Holds the interpreter. */
  block(ms: number): void;
  /** The driver keeps the details of an event for ever. */
  leak(details: Record<string, string>): void;
  /** An address came, and its callbacks are about to be queued. */
  onAddress(): void;
  /** Whether the station notices that the beacons have stopped; if not, the firmware is told nothing. */
  noticesLoss?: boolean;
  /** Firmware up to 2v29 never calls back when a connect fails, and ignores a connect when joined; later ones give the reason, and join anew. */
  callsBackOnFailure?: boolean;
  /** Firmware up to 2v29 opens an access point of its own at every boot. */
  hasOwnAccessPoint?: boolean;
}

/** Creates the station of one boot of one board. */
export function createWifi(options: WifiOptions) {
  const { events, clock, accessPoint, mac, ip, noticesLoss = true, callsBackOnFailure = false } = options;
  const { setTimeout, clearTimeout } = clock.time;
  let state: State = 'off';
  let hasAddress = false;
  let ssid = '';
  let password = '';
  let retries = 0;
  let onAddress: ConnectCallback | undefined;
  let onDisconnect: (() => void) | undefined;
  let lastReason: Reason | undefined;
  let step: Timer | undefined;
  let isReconnecting = false;
  let hasOwnAccessPoint = options.hasOwnAccessPoint ?? true;
  /** Whether `connect` was ever called: the mode of the radio says so. */
  let isStation = false;
  /** The access point has forgotten the station, and neither tells. */
  let isZombie = false;
  /** The program was started anew while the station was joining: this association tells nobody anything. */
  let isForgotten = false;
  /** What `getIP` and `getStatus` told when the driver's task and the interpreter fell out; nothing is told since. */
  let frozen: { hasAddress: boolean; state: State } | undefined;

  const details = (more: Record<string, string>): Record<string, string> => ({ ssid, mac: accessPoint.mac, ...more });

  /** Whether anything passes between the house and the station. */
  function carrier(isUp: boolean, fate?: TcpFate): void {
    options.carrier(isUp && !isZombie, fate);
  }

  function tell(event: string, about: Record<string, string>): void {
    if (frozen || isForgotten) return;
    options.leak(about);
    events.emit(module, event, about);
  }

  function call(callback: (() => void) | undefined): void {
    if (callback && !frozen && !isForgotten) events.queue(callback);
  }

  /** The radio works on its own while the interpreter is blocked: these are chip milliseconds of the world. */
  function after(ms: number, next: () => void): void {
    clearTimeout(step);
    step = setTimeout(next, ms / clock.speed);
  }

  const isThere = (): boolean => accessPoint.isOn() && accessPoint.ssid === ssid;

  function join(): void {
    state = 'joining';
    if (isThere()) handshake();
    else after(SCAN_MS, () => (isThere() ? handshake() : lost('NO_AP_FOUND')));
  }

  function handshake(): void {
    if (accessPoint.password === password) after(JOIN_MS, joined);
    else after(HANDSHAKE_MS, () => lost('FOUR_WAY_HANDSHAKE_TIMEOUT'));
  }

  function joined(): void {
    if (!isThere()) return lost('NO_AP_FOUND');
    state = 'joined';
    hasAddress = true;
    isZombie = false;
    carrier(true);
    options.onAddress();
    tell('associated', details({ channel: CHANNEL }));
    const callback = onAddress;
    onAddress = undefined;
    if (callback) call(() => callback(null));
    tell('connected', { ip, netmask: '255.255.255.0', gw: accessPoint.gateway });
    isForgotten = false;
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
    isZombie = false;
    call(onDisconnect);
    onDisconnect = undefined;
    tell('disconnected', details({ reason: REASONS[reason], msg: reasonText(reason) }));
    isForgotten = false;
    const callback = onAddress;
    if (callback && callsBackOnFailure) call(() => callback(reasonText(reason)));
    if (callsBackOnFailure) onAddress = undefined;
  }

  function connect(...args: unknown[]): void {
    const request = readConnect(args);
    ssid = request.ssid;
    password = request.password;
    retries = RETRIES;
    isStation = true;
    onDisconnect = undefined;
    onAddress = request.callback;
    if (state === 'off') join();
    else if (state === 'joined' && callsBackOnFailure) rejoin();
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
    after(LEAVE_MS, () => lost('ASSOC_LEAVE'));
  }

  const stateTold = (): State => frozen?.state ?? state;

  /** Later interpreters say NULL as long as nothing is up. */
  function mode(): string {
    if (callsBackOnFailure && stateTold() !== 'joined' && !hasOwnAccessPoint) return 'NULL';
    return (hasOwnAccessPoint ? 'AP' : '') + (isStation ? 'STA' : '') || 'NULL';
  }

  const status = (): string =>
    stateTold() === 'joined' ? 'connected' : lastReason ? reasonText(lastReason) : 'Unknown reason';

  function answer<Answer>(result: Answer, callback: unknown, args: unknown[]): Answer {
    if (typeof callback === 'function') events.queue(() => (callback as (...args: unknown[]) => void)(...args));
    return result;
  }

  const module = events.methods({
    connect,
    disconnect,
    getIP(callback?: unknown): object {
      const up = frozen?.hasAddress ?? hasAddress;
      const info = {
        ip: up ? ip : NO_ADDRESS,
        netmask: up ? '255.255.255.0' : NO_ADDRESS,
        gw: up ? accessPoint.gateway : NO_ADDRESS,
        mac,
      };
      return answer(info, callback, [null, info]);
    },
    getDetails(callback?: unknown): object {
      const info = { ...(stateTold() === 'joined' ? { ssid, password, authMode: 'wpa2' } : {}), status: status() };
      return answer(info, callback, [info]);
    },
    getStatus(callback?: unknown): object {
      const station = {
        station: status(),
        ...(stateTold() === 'joined' ? { ssid, bssid: accessPoint.mac, rssi: accessPoint.rssi, authMode: 'wpa2' } : {}),
      };
      return answer({ ...station, mode: mode(), powersave: 'none' }, callback, [station]);
    },
    getHostname: (): string => `espressif`,
    setHostname: (): void => {},
    setConfig: (): void => {},
    save: (): void => {},
    restore: (): void => {},
    stopAP(callback?: unknown): void {
      hasOwnAccessPoint = false;
      options.block(STOP_AP_MS);
      answer(undefined, callback, []);
    },
  });

  const leave = accessPoint.onChange((isOn, fate) => {
    if (state !== 'joined') return;
    carrier(isOn, fate);
    if (isOn) clearTimeout(step);
    else if (noticesLoss) after(BEACON_LOSS_MS, () => lost('BEACON_TIMEOUT'));
  });

  const isMisled = (): boolean => hasOwnAccessPoint && ip.startsWith(OWN_NETWORK);

  return {
    /** What the firmware gets from `require("Wifi")`. */
    module,
    /** 'up', 'down' without an address, or 'deaf' while the loss of the access point is unnoticed. */
    network: (): 'up' | 'down' | 'deaf' =>
      !hasAddress ? 'down' : accessPoint.isOn() && !isZombie && !isMisled() ? 'up' : 'deaf',
    /** Whether the station has joined, or tries to. */
    isStationOn: (): boolean => state !== 'off',
    /** The address stays, and nothing passes any more, until the station leaves and joins. */
    becomeZombie(): void {
      if (state !== 'joined') return;
      isZombie = true;
      carrier(false);
    },
    /** No event and no callback any more; what can be asked stays as it is now. */
    freeze(): void {
      frozen ??= { hasAddress, state };
    },
    /** The program is started anew: the station stays as it is, and its callbacks are gone. */
    load(): void {
      frozen = undefined;
      isReconnecting = false;
      isForgotten = state === 'joining';
      onAddress = onDisconnect = undefined;
    },
    /** The chip loses its power. */
    die(): void {
      clearTimeout(step);
      leave();
    },
  };
}

/** The station of one boot of one board. */
export type Wifi = ReturnType<typeof createWifi>;
