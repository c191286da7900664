// The Wi-Fi driver's station: it joins, retries twice in silence, gives up for good, and closes no socket.

import type { AccessPoint, TcpFate } from '../network/accessPoint.ts';
import type { BoardClock } from './boardClock.ts';
import type { Events } from './events.ts';
import type { Timer } from '../time/timeSource.ts';
import type { ConnectCallback, ConnectRequest } from './wifiRequest.ts';

/** From start to an address: scan, join, four-way handshake, DHCP. */
const JOIN_MS = 1500;

/** Three scans that do not find the network take 2.8 s. */
const SCAN_MS = 933;

/** From `disconnect` until the station has left. */
const LEAVE_MS = 40;

/** The handshake that a wrong password fails. */
const HANDSHAKE_MS = 3000;

/** A station notices that the beacons have stopped. With two silent retries the firmware gets the event within 10 s. */
const BEACON_LOSS_MS = 5000;

/** Failures that the driver retries without a word after `connect`; it counts down and success does not reset it. */
const RETRIES = 3;

const CHANNEL = '6';

/** Espressif's reason codes (esp_wifi_types). */
const REASONS = {
  ASSOC_LEAVE: '8',
  '4WAY_HANDSHAKE_TIMEOUT': '15',
  BEACON_TIMEOUT: '200',
  NO_AP_FOUND: '201',
} as const;
type Reason = keyof typeof REASONS;

/** What the station is doing. */
export type StationState = 'off' | 'joining' | 'joined';

/** What the station needs of the board. */
export interface StationOptions {
  events: Pick<Events, 'queue'>;
  clock: BoardClock;
  accessPoint: AccessPoint;
  /** Its address once it has joined. */
  ip: string;
  /** Sets whether anything passes between the access point and the station: the sockets do not notice. */
  setCarrier(isUp: boolean, fate?: TcpFate): void;
  /** Emits an event of `Wifi`. */
  emit(event: string, details: Record<string, string>): void;
  /** An address came, and its callbacks are about to be queued. */
  onAddress(): void;
  /** Whether the station notices that the beacons have stopped; if not, the firmware gets no event. */
  noticesLoss?: boolean;
  /** Firmware up to 2v29 never calls back when a connect fails, and ignores a connect when joined; later ones give the reason, and join anew. */
  callsBackOnFailure?: boolean;
}

/** Creates the station of one boot, off. */
export function createStation(options: StationOptions) {
  const { events, clock, accessPoint, noticesLoss = true, callsBackOnFailure = false } = options;
  const { setTimeout, clearTimeout } = clock.time;
  let state: StationState = 'off';
  /** What the driver says it does when its task and the interpreter have fallen out; there are no events since. */
  let frozenState: StationState | undefined;
  let request: ConnectRequest | undefined;
  let onAddress: ConnectCallback | undefined;
  let onDisconnect: (() => void) | undefined;
  let retriesLeft = 0;
  let lastReason: Reason | undefined;
  let step: Timer | undefined;
  let isRejoining = false;
  /** The access point has forgotten the station, and neither tells. */
  let isZombie = false;
  /** The program was started anew while the station was joining: the outcome gives no event and no callback. */
  let isSilent = false;

  const setCarrier = (isUp: boolean, fate?: TcpFate): void => options.setCarrier(isUp && !isZombie, fate);
  const isThere = (): boolean => accessPoint.isOn() && accessPoint.ssid === request?.ssid;

  function emit(event: string, details: Record<string, string>): void {
    if (!isSilent && !frozenState) options.emit(event, details);
  }

  function queue(callback: (() => void) | undefined): void {
    if (callback && !isSilent && !frozenState) events.queue(callback);
  }

  /** The radio works on its own while the interpreter is blocked: these are chip milliseconds of the world. */
  function after(ms: number, next: () => void): void {
    clearTimeout(step);
    step = setTimeout(next, ms / clock.speed);
  }

  function join(): void {
    state = 'joining';
    if (isThere()) handshake();
    else after(SCAN_MS, () => (isThere() ? handshake() : lose('NO_AP_FOUND')));
  }

  function handshake(): void {
    if (accessPoint.password === request?.password) after(JOIN_MS, finishJoin);
    else after(HANDSHAKE_MS, () => lose('4WAY_HANDSHAKE_TIMEOUT'));
  }

  function finishJoin(): void {
    if (!isThere()) return lose('NO_AP_FOUND');
    const { ssid, mac, gateway } = accessPoint;
    state = 'joined';
    isZombie = false;
    setCarrier(true);
    options.onAddress();
    emit('associated', { ssid, mac, channel: CHANNEL });
    const callback = onAddress;
    onAddress = undefined;
    queue(callback && (() => callback(null)));
    emit('connected', { ip: options.ip, netmask: '255.255.255.0', gw: gateway });
    isSilent = false;
  }

  /** The driver's 'disconnected': retried in silence while retries are left, then the radio stops. */
  function lose(reason: Reason): void {
    clearTimeout(step);
    setCarrier(false);
    lastReason = reason;
    retriesLeft -= 1;
    if (retriesLeft > 0) return join();
    state = 'off';
    isZombie = false;
    queue(onDisconnect);
    onDisconnect = undefined;
    emit('disconnected', { ssid: request!.ssid, mac: accessPoint.mac, reason: REASONS[reason], msg: reason });
    isSilent = false;
    if (!callsBackOnFailure) return;
    const callback = onAddress;
    onAddress = undefined;
    queue(callback && (() => callback(reason)));
  }

  function connect(next: ConnectRequest): void {
    request = next;
    retriesLeft = RETRIES;
    onDisconnect = undefined;
    onAddress = next.callback;
    if (state === 'off') join();
    else if (state === 'joined' && callsBackOnFailure) rejoin();
  }

  /** A connect of a joined station leaves first; the sockets are not told. */
  function rejoin(): void {
    if (isRejoining) return;
    isRejoining = true;
    events.queue(() => {
      isRejoining = false;
      lose('ASSOC_LEAVE');
    });
  }

  function disconnect(callback?: unknown): void {
    retriesLeft = 0;
    // The callback is queued at once and kept for the event too: a joined station's is called twice.
    if (typeof callback === 'function') events.queue(callback as () => void);
    if (state === 'off') return;
    onDisconnect = callback as (() => void) | undefined;
    after(LEAVE_MS, () => lose('ASSOC_LEAVE'));
  }

  const stopListening = accessPoint.onChange((isOn, fate) => {
    if (state !== 'joined') return;
    setCarrier(isOn, fate);
    if (isOn) clearTimeout(step);
    else if (noticesLoss) after(BEACON_LOSS_MS, () => lose('BEACON_TIMEOUT'));
  });

  return {
    connect,
    disconnect,
    state: (): StationState => state,
    /** What the interpreter is told. */
    toldState: (): StationState => frozenState ?? state,
    lastReason: (): string | undefined => lastReason,
    /** The newest request, whatever became of it. */
    request: (): ConnectRequest | undefined => request,
    /** Whether packets pass; a joined station may not know. */
    isReached: (): boolean => state === 'joined' && accessPoint.isOn() && !isZombie,
    /** Nothing passes any more until the station leaves and joins; it keeps its address. */
    becomeZombie(): void {
      if (state !== 'joined') return;
      isZombie = true;
      setCarrier(false);
    },
    /** No event and no callback any more; what can be asked stays as it is now. */
    freeze(): void {
      frozenState ??= state;
    },
    /** The program is started anew: the station stays as it is, and its callbacks are gone. */
    load(): void {
      frozenState = undefined;
      isRejoining = false;
      isSilent = state === 'joining';
      onAddress = onDisconnect = undefined;
    },
    /** The chip has stopped. */
    stop(): void {
      clearTimeout(step);
      stopListening();
    },
  };
}
