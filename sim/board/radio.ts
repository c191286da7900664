// The radio of the station: how long joining and leaving take, and what the loss of the access point does.

import type { AccessPoint, TcpFate } from '../network/accessPoint.ts';
import type { BoardClock, Wait } from './boardClock.ts';

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

/** Espressif's reason codes (esp_wifi_types). */
export const REASONS = {
  ASSOC_LEAVE: '8',
  '4WAY_HANDSHAKE_TIMEOUT': '15',
  BEACON_TIMEOUT: '200',
  NO_AP_FOUND: '201',
} as const;
export type Reason = keyof typeof REASONS;

/** What the radio needs of the board. */
export interface RadioOptions {
  clock: BoardClock;
  accessPoint: AccessPoint;
  /** Sets whether anything passes between the access point and the station: the sockets do not notice. */
  setCarrier(isUp: boolean, fate?: TcpFate): void;
  /** The station uses the channel of the network that it joins. */
  onAssociate(): void;
  /** Whether the station notices that the beacons have stopped; if not, the firmware gets no event. */
  noticesLoss?: boolean;
}

/** The network to join; it may change while the radio joins. */
interface Network {
  ssid: string;
  password: string;
}

/** What happens to the station. */
interface RadioListener {
  onJoin(): void;
  /** The radio is off now. */
  onLoss(reason: Reason): void;
}

/** Creates the radio of one boot, off. */
export function createRadio(options: RadioOptions, { onJoin, onLoss }: RadioListener) {
  const { clock, accessPoint, setCarrier, noticesLoss = true } = options;
  let state: 'off' | 'joining' | 'joined' = 'off';
  let network: Network | undefined;
  let lastReason: Reason | undefined;
  let step: Wait | undefined;
  /** The access point has forgotten the station, and neither says so. */
  let isZombie = false;
  const isThere = (): boolean => accessPoint.isOn() && accessPoint.ssid === network?.ssid;

  /** The radio works on its own while the interpreter is blocked: these are chip milliseconds of the world. */
  function after(ms: number, next: () => void): void {
    step?.end();
    step = clock.after(ms, next);
  }

  function join(): void {
    state = 'joining';
    if (isThere()) handshake();
    else after(SCAN_MS, () => (isThere() ? handshake() : lose('NO_AP_FOUND')));
  }

  function handshake(): void {
    options.onAssociate();
    if (accessPoint.password === network?.password) after(JOIN_MS, finishJoin);
    else after(HANDSHAKE_MS, () => lose('4WAY_HANDSHAKE_TIMEOUT'));
  }

  function finishJoin(): void {
    if (!isThere()) return lose('NO_AP_FOUND');
    state = 'joined';
    isZombie = false;
    setCarrier(true);
    onJoin();
  }

  function lose(reason: Reason): void {
    step?.end();
    state = 'off';
    lastReason = reason;
    isZombie = false;
    setCarrier(false);
    onLoss(reason);
  }

  /** Lets nothing pass any more until the station leaves and joins; it keeps its address. */
  function becomeZombie(): void {
    if (state !== 'joined') return;
    isZombie = true;
    setCarrier(false);
  }

  const stopListening = accessPoint.onChange((isOn, fate) => {
    if (state !== 'joined') return;
    setCarrier(isOn && !isZombie, fate);
    if (isOn) step?.end();
    else if (noticesLoss) after(BEACON_LOSS_MS, () => lose('BEACON_TIMEOUT'));
  });

  return {
    ...{ join, becomeZombie },
    state: (): 'off' | 'joining' | 'joined' => state,
    setNetwork: (next: Network): void => void (network = next),
    network: (): Network | undefined => network,
    lastReason: (): Reason | undefined => lastReason,
    /** Whether packets pass; a joined station may not know. */
    isReached: (): boolean => state === 'joined' && accessPoint.isOn() && !isZombie,
    leaveSoon: (): void => after(LEAVE_MS, () => lose('ASSOC_LEAVE')),
    leaveNow: (): void => lose('ASSOC_LEAVE'),
    stop(): void {
      step?.end();
      stopListening();
    },
  };
}
