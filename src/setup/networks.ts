// The networks around, as scans have heard them. A network keeps its place in the list, so that a form sent late means the right one.
import type { Bytes } from '../board.ts';
import type { HeardNetwork, SetUpWifi } from './ports.ts';

/** All that a page of bounded size can list; the strongest come first. */
const MOST_NETWORKS = 20;

/** Callers that wait for one scan; more get what is known. */
const MOST_WAITING = 4;

/** The networks around. */
export interface Networks {
  list: HeardNetwork[];
  isScanning(): boolean;
  /** Calls back once a scan is over, or at once when there can be none. */
  scan(done: () => void): void;
  /** Calls back once no scan runs. */
  settle(done: () => void): void;
}

/** @param isRight whether a name can be set; others are not listed */
export function createNetworks(wifi: Pick<SetUpWifi, 'scan'>, isRight: (ssid: Bytes) => boolean): Networks {
  const list: HeardNetwork[] = [];
  let waiting: (() => void)[] = [];

  function finish(): void {
    const done = waiting;
    waiting = [];
    done.forEach(function (callback) {
      callback();
    });
  }

  function add(heard: HeardNetwork): void {
    const same = list.filter(function (known) {
      return known.ssid === heard.ssid;
    })[0];
    if (same) same.rssi = heard.rssi;
    else if (list.length < MOST_NETWORKS && isRight(heard.ssid))
      list.push({ ssid: heard.ssid, rssi: heard.rssi, authMode: heard.authMode });
  }

  function settle(done: () => void): void {
    if (waiting.length && waiting.length < MOST_WAITING) waiting.push(done);
    else done();
  }

  return {
    list: list,
    settle: settle,
    isScanning: function () {
      return waiting.length > 0;
    },
    scan: function (done) {
      if (waiting.length) return settle(done);
      waiting.push(done);
      try {
        wifi.scan(function (heard) {
          heard.sort(function (a, b) {
            return b.rssi - a.rssi;
          });
          heard.forEach(add);
          finish();
        });
      } catch {
        finish(); // one that was lost: what is known must do
      }
    },
  };
}
