// Keeps the station joined: checks every 5 s, and joins again. The interpreter does not do that by itself.
import type { Board, Wifi } from './board.ts';

/** In beats of 5 s: scan, association and DHCP take 2-10 s, and three tries of the driver's own fit in. */
const JOIN_BEATS = 4;

/** After ten minutes only once a minute: each attempt costs the chip a variable until it restarts. */
const EAGER_BEATS = 120;
const PATIENT_BEATS = 12;

/** So long an association may be on its way. */
const ASSOCIATION_BEATS = 3;

type Details = Record<string, string> | undefined;

/** Parts and callbacks of the station. */
export interface WifiOptions {
  /** Undefined on a board whose network is not ours to join, and taken to be up. */
  wifi: Wifi | undefined;
  /** Its log may be replaced. */
  board: Pick<Board, 'log'>;
  /** Without `ssid` the station is somebody else's to join, and only watched. */
  network: { ssid?: string | undefined; password?: string | undefined };
  /** Called with each beat while there is an address (so one lost call does no harm), and when it is lost. */
  onAddress(isUp: boolean): void;
}

/** A Wi-Fi station. */
export interface Station {
  /** Set by the set-up mode: the station neither looks nor joins; called with each beat, gives whether the moment is good for a restart. */
  hold?: (() => boolean) | undefined;
  /** Empty while down. */
  address: string;
  /**
   * Checks the address, as events may be missing, doubled or late; to be called every 5 s.
   * @returns false while an association is on its way
   */
  beat(): boolean;
  /** Leaves the network: to join again with the next beat, for an association may be dead and keep its address; or for good. */
  leave(isForGood: boolean): void;
}

/** The driver never frees the details of an event: emptied, they cost one variable instead of a dozen. */
function empty(details: Details): void {
  for (const key in details) delete details[key];
}

/** Stands for an address that the build cannot tell. */
const UNKNOWN = 'unknown address';

/** Creates a station that is supervised by its beats. */
export function createStation(options: WifiOptions): Station {
  const wifi = options.wifi;
  let ssid = wifi && options.network.ssid;
  let downBeats = 0;
  let sinceJoin = PATIENT_BEATS; // beats

  function update(next: string, reason: string): void {
    if (next !== station.address) {
      if (station.address) options.onAddress(false);
      station.address = next;
      downBeats = 0;
      sinceJoin = PATIENT_BEATS;
      options.board.log(next ? 'wifi up ' + next : 'wifi down: ' + reason);
    }
    if (next) options.onAddress(true);
  }

  /** @param otherwise in a build that cannot tell the address */
  function look(otherwise: string): void {
    let ip = otherwise;
    if (station.hold) return;
    try {
      ip = wifi!.getIP()!.ip!;
    } catch {
      // this build cannot tell
    }
    update(ip === '0.0.0.0' ? '' : ip, 'no address');
  }

  function join(): void {
    const password = options.network.password;
    if (!ssid) return;
    sinceJoin = 0;
    try {
      wifi!.connect(ssid, password ? { password: password } : {}, function (error) {
        if (!error) look(UNKNOWN);
      });
    } catch (error) {
      options.board.log('wifi: ' + (error as Error).message);
    }
  }

  const station: Station = {
    address: '',
    beat: function () {
      if (station.hold) return station.hold();
      look(wifi ? station.address : UNKNOWN);
      try {
        // the chip opens an access point of its own at every boot, without a password, and keeps it beside the station
        if ((wifi!.getStatus().mode || '').indexOf('AP') === 0) wifi!.stopAP();
      } catch {
        // a build without one
      }
      downBeats++;
      sinceJoin++;
      if (!station.address && sinceJoin >= (downBeats < EAGER_BEATS ? JOIN_BEATS : PATIENT_BEATS)) join();
      return station.address !== '' || sinceJoin >= ASSOCIATION_BEATS;
    },
    leave: function (isForGood) {
      if (isForGood) ssid = '';
      update('', isForGood ? 'left' : 'leaves, to join again'); // before the event, which then changes nothing
      try {
        wifi!.disconnect();
      } catch {
        // it has left already
      }
    },
  };

  if (!wifi) return station;
  wifi.on('associated', empty);
  wifi.on('connected', function (details) {
    const ip = (details && details.ip) || UNKNOWN;
    empty(details);
    look(ip);
  });
  wifi.on('disconnected', function (details) {
    const reason = (details && details.msg) || 'disconnected';
    empty(details);
    if (!station.address) return options.board.log('wifi: not joined: ' + reason);
    update('', reason);
    join();
  });
  if (!ssid) options.board.log('no Wi-Fi set: npm run flash -- --wifi-ssid NAME');
  return station;
}
