// Keeps the station joined: joins, notices when it is not, and joins again. Nothing else on the chip does.
import type { Board, Wifi } from './ports.ts';

const enum Limit {
  /** Scan, association and DHCP take 2-10 s, and three tries of the driver's own fit in. */
  PERIOD_MS = 20_000,
  /** After ten minutes only every third period: each event costs the chip a variable for ever. */
  EAGER_PERIODS = 30,
}

/** What the supervisor is wired to. */
export interface WifiOptions {
  wifi: Wifi;
  board: Pick<Board, 'setTimeout' | 'clearTimeout' | 'log'>;
  /** Without `ssid` the station is somebody else's to join, and only watched. */
  network: { ssid?: string | undefined; password?: string | undefined };
  /** An address was obtained, or a different one. */
  onUp(): void;
  onDown(): void;
}

/** Joins, and goes on joining until the power is cut; `onUp` and `onDown` tell. */
export function superviseWifi(options: WifiOptions): void {
  const board = options.board;
  const wifi = options.wifi;
  const network = options.network;
  let address = ''; // empty while down
  let timer = 0;
  let periods = 0; // that we have been down

  /** The truth, whatever events are missing, doubled or late; `otherwise` in a build that cannot tell. */
  function currentAddress(otherwise: string): string {
    try {
      const ip = wifi.getIP()!.ip!;
      return ip === '0.0.0.0' ? '' : ip;
    } catch {
      return otherwise;
    }
  }

  function update(next: string, reason: string): void {
    if (next === address) return;
    if (address) options.onDown();
    address = next;
    periods = 0;
    board.log(next ? 'wifi up ' + next : 'wifi down: ' + reason);
    if (next) options.onUp();
  }

  function join(): void {
    if (timer) board.clearTimeout(timer);
    timer = board.setTimeout(check, Limit.PERIOD_MS);
    if (!network.ssid) return;
    try {
      wifi.connect(network.ssid, network.password ? { password: network.password } : {}, function (error) {
        if (!error) update(currentAddress('unknown address'), '');
      });
    } catch (error) {
      board.log('wifi: ' + (error as Error).message);
    }
  }

  function check(): void {
    timer = board.setTimeout(check, Limit.PERIOD_MS);
    update(currentAddress(address), 'no address');
    if (!address && (periods++ < Limit.EAGER_PERIODS || periods % 3 === 0)) join();
  }

  /** The driver never frees the details of an event: emptied, they cost one variable instead of a dozen. */
  function take(details: Record<string, string> | undefined, key: string): string | undefined {
    const value = details && details[key];
    Object.keys(details || {}).forEach(function (each) {
      delete details![each];
    });
    return value;
  }

  wifi.on('connected', function (details) {
    update(take(details, 'ip') || currentAddress('unknown address'), '');
  });
  wifi.on('disconnected', function (details) {
    const reason = take(details, 'msg') || 'disconnected';
    if (!address) return board.log('wifi: not joined: ' + reason);
    update('', reason);
    join();
  });
  if (!network.ssid) board.log('no Wi-Fi set: npm run flash -- --wifi-ssid NAME');
  check();
}
