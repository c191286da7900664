// A node's reports for unit tests: the test plays its session, and moves its beats.
import { createStorage } from '../../sim/board/storage.ts';
import { infoMessage, type Vitals } from '../../src/info.ts';
import { createReports } from '../../src/reports.ts';
import { createWrite } from '../../src/store.ts';

export const INFO_BEATS = 60;
export const STATE = 'light/desk/state';
export const INFO = 'light/desk/info';
export const CONFIG = 'homeassistant/device/desk/config';

/** What a node knows of itself after an hour. */
export const VITALS: Vitals = {
  version: '1.2.3',
  clientId: 'AbC',
  uptimeS: 3600,
  reconnects: 2,
  lastReason: 'no PINGRESP',
  restarts: 3,
  restartReason: undefined,
  resetCause: 1,
};

/** What the info is made of. */
export const board = (storage = createStorage()) => ({
  storage,
  process: { memory: () => ({ free: 5000, usage: 886 }), on: () => {} },
});

/** One boot of a node whose session the test plays. */
export function boot({ name = 'desk', homeAssistant = false, storage = createStorage() } = {}) {
  const sent: { topic: string; payload: string }[] = [];
  const log: string[] = [];
  const now = { isOnline: false, beats: 0, infoError: '' };
  const reports = createReports({
    board: { storage, log: (line) => log.push(line) },
    write: createWrite(storage, (line) => log.push(line)),
    settings: { name, dimmable: true, homeAssistant },
    version: '1.2.3',
    publish(topic, payload) {
      if (now.isOnline) sent.push({ topic, payload });
      return now.isOnline;
    },
    info() {
      if (now.infoError) throw new Error(now.infoError);
      return infoMessage(board(storage), undefined, { ...VITALS, uptimeS: now.beats * 5 });
    },
  });
  reports.state('off');
  return {
    ...{ storage, reports, now, sent, log },
    /** A session begins. */
    connect() {
      now.isOnline = true;
      reports.all();
    },
    /** The session is lost. */
    lose: () => (now.isOnline = false),
    beats(count: number) {
      for (let beat = 0; beat < count; beat += 1) {
        now.beats += 1;
        reports.beat();
      }
    },
    topics: () => sent.map((message) => message.topic),
    info: () => sent.filter((message) => message.topic === INFO).map((message) => JSON.parse(message.payload)),
  };
}
