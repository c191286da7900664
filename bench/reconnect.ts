// Measures how long a light is away when its broker restarts.

import { setTimeout as sleep } from 'node:timers/promises';
import { missingBrokers, withEachBroker, type BenchBroker } from './brokers.ts';
import type { Lab } from './lab.ts';
import { lightKinds, missingLights, type Light, type LightKind } from './lights.ts';
import { median } from './statistics.ts';
import type { Table } from './table.ts';

/** The shortest keep alive that the firmware accepts. */
const KEEP_ALIVE_S = 5;

/** After its first PINGREQ, at half the keep alive, a session has lasted: the back-off starts again at its shortest. */
const LASTING_MS = (KEEP_ALIVE_S / 2) * 1000 + 500;

/** Lights of each kind: each restart gives that many samples. */
const SIDE_BY_SIDE = 5;

interface Group {
  kind: LightKind;
  lights: Light[];
  samples: number[];
}

/** Restarts the broker and waits for all lights. @param down gets how long the broker itself was away, in milliseconds */
async function restartOnce(broker: BenchBroker, groups: Group[], down: number[]): Promise<void> {
  await sleep(LASTING_MS);
  const startedMs = performance.now();
  const back = groups.flatMap(({ lights, samples }) =>
    lights.map((light) => light.subscribed().then(() => void samples.push(performance.now() - startedMs))),
  );
  const restarted = broker.restart().then(() => void down.push(performance.now() - startedMs));
  await Promise.all([...back, restarted]);
}

/** Measures several restarts of each broker. */
export async function measureReconnect(lab: Lab): Promise<Table> {
  const restarts = lab.isQuick ? 2 : 4;
  const rows: Table['rows'] = [];
  await withEachBroker(lab, async (broker) => {
    const down: number[] = [];
    const groups: Group[] = [];
    for (const kind of lightKinds()) {
      const starts = Array.from({ length: SIDE_BY_SIDE }, () => kind.start(lab, broker.port, KEEP_ALIVE_S));
      groups.push({ kind, lights: await Promise.all(starts), samples: [] });
    }
    for (let done = 0; done < restarts; done += 1) await restartOnce(broker, groups, down);
    for (const { kind, samples } of groups) {
      const [from, to] = [Math.min(...samples), Math.max(...samples)];
      rows.push({ broker: broker.name, light: kind.name, median: median(samples), from, to, down: median(down) });
    }
  });
  return {
    title: 'Back after a broker restart, in milliseconds',
    method: [
      `From the broker's end to the light's SUBACK; the broker itself is away for as long as its restart takes.`,
      `Medians of ${restarts * SIDE_BY_SIDE}: ${restarts} restarts with ${SIDE_BY_SIDE} lights of each kind. The first wait is a random part of a second, on purpose.`,
    ],
    columns: [
      { key: 'broker', label: 'broker' },
      { key: 'light', label: 'light' },
      { key: 'down', label: 'broker away' },
      { key: 'median', label: 'light back' },
      { key: 'from', label: 'soonest' },
      { key: 'to', label: 'latest' },
    ],
    rows,
    notes: [...missingBrokers(), ...missingLights()],
  };
}
