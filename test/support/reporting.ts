// A node's reports for unit tests: the test plays the session, and runs the beats.
import { createStorage } from '../../sim/board/storage.ts';
import { infoMessage, type Vitals } from '../../src/info.ts';
import { createReports } from '../../src/reports.ts';
import type { Updater } from '../../src/session.ts';
import { createWrite } from '../../src/store.ts';

export const INFO_BEATS = 60;
export const STATE = 'light/desk/state';
export const INFO = 'light/desk/info';
export const VERSIONS = 'light/desk/firmware';
export const CONFIG = 'homeassistant/device/desk/config';

/** The node's figures after an hour. */
export const VITALS: Vitals = {
  version: '1.2.3',
  clientId: 'AbC',
  uptimeS: 3600,
  reconnects: 2,
  lastReason: 'no PINGRESP',
  restarts: 3,
  restartReason: undefined,
  resetCause: 1,
  update: '',
  powerOn: 'off',
};

/** The board, as far as the info message needs it. */
export const board = (storage = createStorage()) => ({
  storage,
  serial: 'aabbccdd-eeff',
  process: { memory: () => ({ free: 5000, usage: 886 }), on: () => {} },
});

/** Boots the reports of a node. */
export function boot({ name = 'desk', homeAssistant = false, storage = createStorage() } = {}) {
  const sent: { topic: string; payload: string }[] = [];
  const log: string[] = [];
  const now = { isOnline: false, beats: 0, infoError: '' };
  const onLine = (line: string): void => void log.push(line);
  const settings = { name, dimmable: true, homeAssistant };
  const client: { updater?: Updater } = {};
  const reports = createReports({ storage, log: onLine }, createWrite(storage, onLine), settings, client, {
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
    ...{ storage, reports, client, now, sent, log },
    /** Begins a session. */
    connect() {
      now.isOnline = true;
      reports.all();
    },
    /** Loses the session. */
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
