// What the node tells about itself: state, info, and its announcement to Home Assistant. What cannot be published now waits.
import { discoveryMessage, discoveryTopic } from './homeAssistant.ts';
import { infoMessage } from './info.ts';
import type { Boot } from './info.ts';
import type { Board, Wifi } from './ports.ts';

const enum Timing {
  INFO_MS = 300_000,
  /** Home Assistant has restarted: a fleet answers over this time. */
  BIRTH_MS = 10_000,
}

/** Holds the topic of the announcement that is retained at the broker. */
const ANNOUNCED_FILE = 'light.ha';
const ANNOUNCED_END = '/config';

/** What the reports are made of. */
export interface ReportsOptions {
  board: Board;
  settings: { name: string; dimmable: boolean; homeAssistant: boolean };
  version: string;
  boot: Boot;
  /** `light/<name>` */
  topic: string;
  /** Publishes retained; false when that must wait until `flush`. */
  publish(topic: string, payload: string): boolean;
  state(): string;
  clientId(): string;
  memory(): { free: number; usage: number };
  /** Absent where the network is not ours. */
  wifi(): Wifi | undefined;
}

/** Reports, each sent as it is when its turn comes. */
export interface Reports {
  /** The state has changed. */
  state(): void;
  /** A session has begun: all of it, for the broker may have forgotten. */
  all(): void;
  /** A session was lost. */
  lost(reason: string): void;
  /** Home Assistant has started. */
  welcome(): void;
  /** Sends what has waited. */
  flush(): void;
}

/** Reports of a node that has not connected yet; info goes out every five minutes. */
export function createReports(options: ReportsOptions): Reports {
  const board = options.board;
  const settings = options.settings;
  const waiting: (() => boolean)[] = [];
  let sessions = 0;
  let lastReason = '';

  function flush(): void {
    while (waiting.length && waiting[0]!()) waiting.shift();
  }

  function add(report: () => boolean): void {
    if (waiting.indexOf(report) < 0) waiting.push(report);
    flush();
  }

  function state(): boolean {
    return options.publish(options.topic + '/state', options.state());
  }

  function info(): boolean {
    let ip: string | undefined;
    let rssi: number | undefined;
    try {
      ip = options.wifi()!.getIP()!.ip;
      rssi = options.wifi()!.getStatus().rssi;
    } catch {
      // a network that is not ours, or does not tell
    }
    const message = infoMessage(options.boot, board.getTime(), {
      version: options.version,
      clientId: options.clientId(),
      ip: ip,
      rssi: rssi,
      memory: options.memory(),
      reconnects: sessions - 1,
      lastReason: lastReason,
    });
    return options.publish(options.topic + '/info', message);
  }

  /** Announces the light, and takes back what an earlier configuration has announced. */
  function announcement(): boolean {
    const topic = settings.homeAssistant ? discoveryTopic(settings.name) : '';
    const before = board.storage.read(ANNOUNCED_FILE) || '';
    const isWhole = before.slice(-ANNOUNCED_END.length) === ANNOUNCED_END; // not torn by a power cut
    if (isWhole && before !== topic) {
      if (!options.publish(before, '')) return false;
      board.storage.erase(ANNOUNCED_FILE);
    }
    if (!topic) return true;
    const message = discoveryMessage(settings.name, options.version, settings.dimmable);
    if (!options.publish(topic, message)) return false;
    board.storage.write(ANNOUNCED_FILE, topic); // writing what is there already is free
    return true;
  }

  function all(): void {
    waiting.splice(0, waiting.length, state, announcement);
    add(info);
  }

  function infoAgain(): void {
    board.setTimeout(infoAgain, Timing.INFO_MS);
    if (sessions) add(info);
  }

  board.setTimeout(infoAgain, Timing.INFO_MS);
  return {
    state: function () {
      add(state);
    },
    all: function () {
      sessions++;
      all();
    },
    lost: function (reason) {
      lastReason = reason;
    },
    welcome: function () {
      board.setTimeout(all, board.random() * Timing.BIRTH_MS);
    },
    flush: flush,
  };
}
