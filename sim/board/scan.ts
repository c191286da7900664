// `Wifi.scan`: what the station hears of the networks around.

import type { AccessPoint, Network } from '../network/accessPoint.ts';
import type { BoardClock } from './boardClock.ts';
import type { Events } from './events.ts';

const SCAN_MS = 2_500;

/** The driver gives at most 32 bytes, up to a zero. */
const nameOf = (ssid: string): string => ssid.slice(0, 32).split('\0')[0]!;

/** What a scan needs of the board. */
interface ScanOptions {
  events: Pick<Events, 'queue'>;
  clock: BoardClock;
  accessPoint: AccessPoint;
  /** A radio that joins cannot scan: the callback never comes, and every later scan is refused. */
  isJoining(): boolean;
}

const describe = ({ ssid, rssi, authMode, mac, channel }: Network): object => ({
  ...{ rssi, authMode, ssid: nameOf(ssid), mac, channel },
});

/** Creates the scanner of one boot. */
export function createScan({ events, clock, accessPoint, isJoining }: ScanOptions) {
  let isScanning = false;
  let program = 0;

  return {
    scan(callback?: unknown): void {
      if (isScanning) throw new Error('A scan is already in progress');
      if (typeof callback !== 'function') throw new Error(`Expecting callback function but got ${typeof callback}`);
      isScanning = true;
      if (isJoining()) return;
      const asker = program;
      clock.after(SCAN_MS, () => {
        isScanning = false;
        if (asker !== program) return;
        const heard = accessPoint.heard().map(describe);
        events.queue(() => (callback as (list: object[]) => void)(heard));
      });
    },
    load(): void {
      program += 1;
    },
  };
}
