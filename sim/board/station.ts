// The Wi-Fi driver's station: it retries twice in silence, gives up for good, and closes no socket.

import type { Events } from './events.ts';
import { CHANNEL } from '../network/accessPoint.ts';
import { createRadio, REASONS, type RadioOptions, type Reason } from './radio.ts';
import type { ConnectCallback, ConnectRequest } from './wifiRequest.ts';

/** Failures that the driver retries silently after `connect`; it counts down, and success does not reset it. */
const RETRIES = 3;

const NETMASK = '255.255.255.0';

/** What the station needs of the board. */
export interface StationOptions extends RadioOptions {
  events: Pick<Events, 'queue'>;
  /** Its address once it has joined. */
  ip: string;
  /** Emits an event of `Wifi`. */
  emit(event: string, details: Record<string, string>): void;
  /** An address came, and its callbacks are about to be queued. */
  onAddress(): void;
  /** Firmware up to 2v29 never calls back when a connect fails, and ignores a connect when joined; later ones give the reason, and join anew. */
  callsBackOnFailure?: boolean;
}

/** Creates the station of one boot, off. */
export function createStation(options: StationOptions) {
  const { events, accessPoint, ip, callsBackOnFailure = false } = options;
  const { mac } = accessPoint;
  const radio = createRadio(options, { onJoin, onLoss });
  let onConnect: ConnectCallback | undefined;
  let onDisconnect: (() => void) | undefined;
  let retriesLeft = 0;
  let isRejoining = false;
  /** The program was started anew while the station was joining: the outcome gives no event and no callback. */
  let isSilent = false;
  /** What the driver says of its state when its task and the interpreter have collided; no event comes since. */
  let frozenState: ReturnType<typeof radio.state> | undefined;

  function emit(event: string, details: Record<string, string>): void {
    if (!isSilent && !frozenState) options.emit(event, details);
  }

  function queue(callback: (() => void) | undefined): void {
    if (callback && !isSilent && !frozenState) events.queue(callback);
  }

  function onJoin(): void {
    options.onAddress();
    emit('associated', { ssid: radio.network()!.ssid, mac, channel: CHANNEL });
    const callback = onConnect;
    onConnect = undefined;
    queue(callback && (() => callback(null)));
    emit('connected', { ip, netmask: NETMASK, gw: accessPoint.gateway });
    isSilent = false;
  }

  function onLoss(reason: Reason): void {
    retriesLeft -= 1;
    if (retriesLeft > 0) return radio.join();
    queue(onDisconnect);
    onDisconnect = undefined;
    emit('disconnected', { ssid: radio.network()!.ssid, mac, reason: REASONS[reason], msg: reason });
    isSilent = false;
    if (!callsBackOnFailure) return;
    const callback = onConnect;
    onConnect = undefined;
    queue(callback && (() => callback(reason)));
  }

  function connect(next: ConnectRequest): void {
    radio.setNetwork(next);
    retriesLeft = RETRIES;
    onDisconnect = undefined;
    onConnect = next.callback;
    if (radio.state() === 'off') radio.join();
    else if (radio.state() === 'joined' && callsBackOnFailure) rejoin();
  }

  /** A connect of a joined station leaves first; the sockets do not notice. */
  function rejoin(): void {
    if (isRejoining) return;
    isRejoining = true;
    events.queue(() => {
      isRejoining = false;
      radio.leaveNow();
    });
  }

  function disconnect(callback?: unknown): void {
    retriesLeft = 0;
    // The callback is queued at once and kept for the event too: a joined station's is called twice.
    if (typeof callback === 'function') events.queue(callback as () => void);
    if (radio.state() === 'off') return;
    onDisconnect = callback as (() => void) | undefined;
    radio.leaveSoon();
  }

  /** No event and no callback any more; what can be asked stays as it is now. */
  function freeze(): void {
    frozenState ??= radio.state();
  }

  /** The program is started anew: the station stays as it is, and its callbacks are gone. */
  function load(): void {
    frozenState = undefined;
    isRejoining = false;
    isSilent = radio.state() === 'joining';
    onConnect = onDisconnect = undefined;
  }

  return {
    ...{ connect, disconnect, freeze, load, radio },
    /** Whether the interpreter says that it has joined. */
    isJoined: (): boolean => (frozenState ?? radio.state()) === 'joined',
  };
}
