// What the node tells about itself: state, info, and its announcement to Home Assistant. What cannot be published now waits.
import { discoveryMessage, discoveryTopic } from './homeAssistant.ts';
import type { Board, Bytes } from './ports.ts';
import { BEAT_S } from './session.ts';
import type { Write } from './store.ts';

const INFO_S = 300;

/** Holds the topic of the announcement that is retained at the broker. */
const ANNOUNCED_FILE = 'light.ha';
const ANNOUNCED_END = '/config';

/** What the reports are made of. */
export interface ReportsOptions {
  board: Pick<Board, 'log' | 'storage'>;
  write: Write;
  settings: { name: string; dimmable: boolean; homeAssistant: boolean };
  version: string;
  /** `light/<name>` */
  topic: Bytes;
  /** Publishes retained; false when that must wait until `flush`. */
  publish(topic: Bytes, payload: Bytes): boolean;
  info(): string;
}

/** Reports, each sent as it is when its turn comes. */
export interface Reports {
  /** The state is another one. */
  state(text: Bytes): void;
  /** A session has begun, or Home Assistant: all of it, for the broker may have forgotten. */
  all(): void;
  /** Sends what has waited. */
  flush(): void;
  /** Five seconds have passed: info goes out every five minutes. */
  beat(): void;
}

/** Creates the reports of a node that has not connected yet. */
export function createReports(options: ReportsOptions): Reports {
  const publish = options.publish;
  const stateTopic = options.topic + '/state';
  let latest = '';
  let waiting: (() => boolean)[] = [];
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

  function state(): boolean {
    return publish(stateTopic, latest);
  }

  function info(): boolean {
    return publish(options.topic + '/info', options.info());
  }

  /** Announces the light, and takes back what an earlier configuration has announced. */
  function announcement(): boolean {
    const settings = options.settings;
    const storage = options.board.storage;
    const topic = settings.homeAssistant ? discoveryTopic(settings.name) : '';
    const before = storage.read(ANNOUNCED_FILE) || '';
    const isWhole = before.slice(-ANNOUNCED_END.length) === ANNOUNCED_END; // not torn by a power cut
    if (isWhole && before !== topic) {
      if (!publish(before, '')) return false;
      storage.erase(ANNOUNCED_FILE);
    }
    if (!topic) return true;
    if (!publish(topic, discoveryMessage(settings.name, options.version, settings.dimmable))) return false;
    options.write(ANNOUNCED_FILE, topic, 0, topic.length);
    return true;
  }

  return {
    state: function (text) {
      latest = text;
      if (!waiting[0] && publish(stateTopic, text)) return;
      if (waiting.indexOf(state) < 0) waiting.push(state);
    },
    all: function () {
      waiting = [state, announcement, info];
      flush();
    },
    flush: flush,
    beat: function () {
      if (--untilInfo > 0) return;
      untilInfo = INFO_S / BEAT_S;
      if (waiting.indexOf(info) < 0) waiting.push(info);
      flush();
    },
  };
}
