// What the node tells about itself: state, info, and its announcement to Home Assistant. What cannot be published now waits.
import { discoveryMessage, discoveryTopic } from './homeAssistant.ts';
import type { Board } from './ports.ts';
import { BEAT_S } from './session.ts';
import type { Write } from './store.ts';

const INFO_S = 300;

/** Home Assistant has restarted: a fleet answers over this time. */
const BIRTH_MS = 10_000;

/** Holds the topic of the announcement that is retained at the broker. */
const ANNOUNCED_FILE = 'light.ha';
const ANNOUNCED_END = '/config';

/** What the reports are made of. */
export interface ReportsOptions {
  board: Pick<Board, 'setTimeout' | 'random' | 'log' | 'storage'>;
  write: Write;
  settings: { name: string; dimmable: boolean; homeAssistant: boolean };
  version: string;
  /** `light/<name>` */
  topic: string;
  /** Publishes retained; false when that must wait until `flush`. */
  publish(topic: string, payload: string): boolean;
  state(): string;
  /** @param reconnects sessions after the first */
  info(reconnects: number): string;
}

/** Reports, each sent as it is when its turn comes. */
export interface Reports {
  /** The state has changed. */
  state(): void;
  /** A session has begun: all of it, for the broker may have forgotten. */
  all(): void;
  /** Why the last session was lost. */
  lastReason: string;
  /** Home Assistant has started. */
  welcome(): void;
  /** Sends what has waited. */
  flush(): void;
  /** Five seconds have passed: info goes out every five minutes. */
  beat(): void;
}

/** Creates the reports of a node that has not connected yet. */
export function createReports(options: ReportsOptions): Reports {
  const settings = options.settings;
  const storage = options.board.storage;
  const stateTopic = options.topic + '/state';
  let waiting: (() => boolean)[] = [];
  let sessions = 0;
  let untilInfo = INFO_S / BEAT_S;

  /** Sends what waits, in its order; a report that fails is dropped, and keeps no other waiting. */
  function flush(): void {
    while (waiting.length) {
      try {
        if (!waiting[0]!()) return;
      } catch (error) {
        options.board.log('report failed: ' + (error as Error).message);
      }
      waiting.shift();
    }
  }

  function add(report: () => boolean): void {
    if (waiting.indexOf(report) < 0) waiting.push(report);
    flush();
  }

  function state(): boolean {
    return options.publish(stateTopic, options.state());
  }

  function info(): boolean {
    return options.publish(options.topic + '/info', options.info(sessions - 1));
  }

  /** Announces the light, and takes back what an earlier configuration has announced. */
  function announcement(): boolean {
    const topic = settings.homeAssistant ? discoveryTopic(settings.name) : '';
    const before = storage.read(ANNOUNCED_FILE) || '';
    const isWhole = before.slice(-ANNOUNCED_END.length) === ANNOUNCED_END; // not torn by a power cut
    if (isWhole && before !== topic) {
      if (!options.publish(before, '')) return false;
      storage.erase(ANNOUNCED_FILE);
    }
    if (!topic) return true;
    const message = discoveryMessage(settings.name, options.version, settings.dimmable);
    if (!options.publish(topic, message)) return false;
    options.write(ANNOUNCED_FILE, topic, 0, topic.length);
    return true;
  }

  function all(): void {
    waiting = [state, announcement, info];
    flush();
  }

  return {
    state: function () {
      if (waiting.length || !options.publish(stateTopic, options.state())) add(state);
    },
    all: function () {
      sessions++;
      all();
    },
    lastReason: '',
    welcome: function () {
      options.board.setTimeout(all, options.board.random() * BIRTH_MS);
    },
    flush: flush,
    beat: function () {
      if (--untilInfo > 0) return;
      untilInfo = INFO_S / BEAT_S;
      if (sessions) add(info);
    },
  };
}
