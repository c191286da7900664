// Publishes the state, the info message, the firmware's version, and the announcement to Home Assistant; waits while publishing is not possible.
import { BEAT_S } from './beat.ts';
import { discoveryMessage, discoveryTopic } from './homeAssistant.ts';
import type { Board, Bytes } from './board.ts';
import type { Updater } from './session.ts';
import type { Write } from './store.ts';

const INFO_S = 300;

/** In the order in which they are sent. */
export const enum Report {
  STATE = 1,
  ANNOUNCEMENT = 2,
  INFO = 4,
  FIRMWARE = 8,
}

/** What the reports tell of. */
export interface ReportsOptions {
  version: string;
  /** Publishes retained; false when that must wait until `flush`. */
  publish(topic: Bytes, payload: Bytes): boolean;
  info(): string;
}

/** The reports; each is sent with the values of the moment. */
export interface Reports {
  /** Sends a new state. */
  state(text: Bytes): void;
  /** Sends all of them: the broker or Home Assistant may have forgotten. */
  all(): void;
  /** Sends those that have waited, and `more` of Report. */
  flush(more: number): void;
  /** Called every 5 s; sends info every five minutes, and a state that waits. */
  beat(): void;
}

/**
 * Creates the reports of a node that has not connected yet.
 * @param client whose updater, if there is one, tells of the update
 */
export function createReports(
  board: Pick<Board, 'log' | 'storage'>,
  write: Write,
  settings: { name: string; dimmable: boolean; homeAssistant: boolean },
  client: { updater?: Updater | undefined },
  options: ReportsOptions,
): Reports {
  const publish = options.publish;
  const topic = 'light/' + settings.name;
  const stateTopic = topic + '/state';
  let latest = '';
  let waiting = 0; // of Report
  let untilInfo = INFO_S / BEAT_S;

  /** Announces the light, and takes back what an earlier configuration has announced. */
  function announce(): boolean {
    const file = 'light.ha'; // holds the topic of the announcement that is retained at the broker
    const end = '/config';
    const storage = board.storage;
    const next = settings.homeAssistant ? discoveryTopic(settings.name) : '';
    const before = storage.read(file) || '';
    const isWhole = before.slice(-end.length) === end; // not torn by a power cut
    if (isWhole && before !== next) {
      if (!publish(before, '')) return false;
      storage.erase(file);
    }
    if (!next) return true;
    if (!publish(next, discoveryMessage(settings.name, options.version, settings.dimmable))) return false;
    write(file, next, 0, next.length);
    return true;
  }

  /** Sends what waits, as long as it can be sent; a report that fails is dropped, and keeps no other waiting. */
  function flush(more: number): void {
    const updater = client.updater;
    waiting |= more;
    for (let report = Report.STATE as number; report <= Report.FIRMWARE; report <<= 1) {
      if (!(waiting & report)) continue;
      try {
        let isSent = false;
        if (report === Report.STATE) isSent = publish(stateTopic, latest);
        else if (report === Report.INFO) isSent = publish(topic + '/info', options.info());
        else if (report === Report.FIRMWARE) {
          // Home Assistant's update entity knows these keys and no other
          const message = {
            installed_version: options.version,
            latest_version: updater ? updater.latest : options.version,
            in_progress: !!updater && updater.percent !== undefined,
            update_percentage: updater && updater.percent !== undefined ? updater.percent : null,
          };
          isSent = publish(topic + '/firmware', JSON.stringify(message));
        } else isSent = announce();
        if (!isSent) return;
      } catch (error) {
        board.log('report failed: ' + (error as Error).message);
      }
      waiting &= ~report;
    }
  }

  return {
    state: function (text) {
      latest = text;
      if (waiting || !publish(stateTopic, text)) waiting |= Report.STATE;
    },
    all: function () {
      flush(Report.STATE | Report.ANNOUNCEMENT | Report.INFO | Report.FIRMWARE);
    },
    flush: flush,
    beat: function () {
      if (--untilInfo > 0) {
        if (waiting & Report.STATE) flush(0); // the one before may have been cut off
        return;
      }
      untilInfo = INFO_S / BEAT_S;
      flush(Report.INFO);
    },
  };
}
