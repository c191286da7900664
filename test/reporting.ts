// A node's reports for unit tests: the test plays its session, and moves its clock.
import { createVirtualClock } from '../sim/clock.ts';
import { createStorage } from '../sim/storage.ts';
import { createReports, type ReportsOptions } from '../src/reports.ts';

export const INFO_MS = 300_000;
export const STATE = 'light/desk/state';
export const INFO = 'light/desk/info';
export const CONFIG = 'homeassistant/device/desk/config';

/** One boot of a node whose session the test plays. */
export function boot({
  name = 'desk',
  homeAssistant = false,
  storage = createStorage(),
  random = 0.5,
  hasWifi = true,
} = {}) {
  const clock = createVirtualClock();
  const sent: { topic: string; payload: string; atMs: number }[] = [];
  const now = { isOnline: false, state: 'off' };
  const wifi = { getIP: () => ({ ip: '192.168.1.20' }), getStatus: () => ({ rssi: -60 }) };
  const reports = createReports({
    board: { ...clock, storage, random: () => random } as unknown as ReportsOptions['board'],
    settings: { name, dimmable: true, homeAssistant },
    version: '1.2.3',
    boot: { count: 1, reason: 'power on', atS: 0 },
    topic: 'light/desk',
    publish(topic, payload) {
      if (now.isOnline) sent.push({ topic, payload, atMs: clock.nowMs() });
      return now.isOnline;
    },
    state: () => now.state,
    clientId: () => 'AbC',
    memory: () => ({ free: 5000, usage: 886 }),
    wifi: () => (hasWifi ? (wifi as unknown as ReturnType<ReportsOptions['wifi']>) : undefined),
  });
  return {
    ...{ clock, storage, reports, now, sent },
    /** A session begins. */
    connect() {
      now.isOnline = true;
      reports.all();
    },
    /** The session is lost. */
    lose(reason: string) {
      now.isOnline = false;
      reports.lost(reason);
    },
    /** The lamp changes. */
    change(state: string) {
      now.state = state;
      reports.state();
    },
    topics: () => sent.map((message) => message.topic),
    info: () => sent.filter((message) => message.topic === INFO).map((message) => JSON.parse(message.payload)),
  };
}
