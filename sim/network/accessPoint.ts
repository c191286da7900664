// The house's access point: on, off, and what its loss does to the connections that pass through it.

/** The channel of the house. */
export const CHANNEL = '6';

/** How TCP survives an outage: its retransmissions reach the peer when the radio is back ('alive'), or the peer has forgotten it ('dead'). */
export type TcpFate = 'alive' | 'dead';

/** A network in the air, as a scan hears it. */
export interface Network {
  /** Bytes, one char each; empty when hidden. */
  ssid: string;
  mac: string;
  /** dBm. */
  rssi: number;
  /** `open`, `wep`, `wpa`, `wpa2` or `wpa_wpa2`. */
  authMode: string;
  channel: string;
}

/** An access point that boards can join. */
export interface AccessPoint {
  readonly ssid: string;
  readonly mac: string;
  readonly gateway: string;
  /** dBm. */
  readonly rssi: number;
  /** May be changed: a station that joins later needs the new one. */
  password: string;
  /** Other networks that a scan hears; may be changed. */
  readonly neighbours: Network[];
  /** What a scan hears now. */
  heard(): Network[];
  isOn(): boolean;
  /** Switches the radio off; stations notice after some seconds. */
  off(fate?: TcpFate): void;
  on(): void;
  /** Calls back at each change; returns what ends that. */
  onChange(listener: (isOn: boolean, fate: TcpFate) => void): () => void;
}

/** Creates an access point that is on. @param ssid bytes, one char each */
export function createAccessPoint(ssid = 'Home'): AccessPoint {
  const listeners = new Set<(isOn: boolean, fate: TcpFate) => void>();
  let isOn = true;

  function change(next: boolean, fate: TcpFate): void {
    if (next === isOn) return;
    isOn = next;
    for (const listener of [...listeners]) listener(isOn, fate);
  }

  const own = { ssid, mac: '02:00:00:00:00:01', rssi: -58 };
  const neighbours: Network[] = [];
  return {
    ...own,
    password: 'secret-password',
    gateway: '192.168.1.1',
    neighbours,
    heard: () => [...(isOn ? [{ ...own, authMode: 'wpa2', channel: CHANNEL }] : []), ...neighbours],
    isOn: () => isOn,
    off: (fate = 'alive') => change(false, fate),
    on: () => change(true, 'alive'),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
