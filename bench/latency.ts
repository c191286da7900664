// Measures how long a command takes from the publisher to the pin.

import { createPublisher, missingBrokers, withEachBroker, type Publisher } from './brokers.ts';
import type { Lab } from './lab.ts';
import { lightKinds, missingLights, type Light } from './lights.ts';
import { median, quantile } from './statistics.ts';
import type { Table } from './table.ts';

/** Commands that run first, unmeasured: code is loaded and compiled. */
const WARM_UP = 20;

/** Sends commands one by one, each when the one before is obeyed; gives milliseconds. */
async function time(publisher: Publisher, light: Light, qos: 0 | 1, count: number): Promise<number[]> {
  const samples: number[] = [];
  for (let sent = 0; sent < count; sent += 1) {
    const startedMs = performance.now();
    publisher.next(light.topic, qos);
    const { atMs } = await light.changes();
    samples.push(atMs - startedMs);
  }
  return samples;
}

/** Measures the latency at QoS 0 and 1. */
export async function measureLatency(lab: Lab): Promise<Table> {
  const runs = lab.isQuick ? 3 : 5;
  const count = lab.isQuick ? 50 : 100;
  const rows: Table['rows'] = [];
  await withEachBroker(lab, async (broker) => {
    const publisher = lab.use(await createPublisher(broker.port));
    for (const kind of lightKinds()) {
      const light = await kind.start(lab, broker.port);
      const row: Table['rows'][number] = { broker: broker.name, light: kind.name };
      for (const qos of [0, 1] as const) {
        await time(publisher, light, qos, WARM_UP);
        const times: number[][] = [];
        for (let run = 0; run < runs; run += 1) times.push(await time(publisher, light, qos, count));
        row[`median${qos}`] = median(times.map(median));
        row[`high${qos}`] = median(times.map((samples) => quantile(samples, 0.95)));
      }
      rows.push(row);
      await light.dispose();
    }
  });
  return {
    title: 'Publish to pin, in milliseconds',
    method: [
      `From the publisher's call to the write of the pin (of the plain client: to its message event), ${count} commands one by one.`,
      `Medians of ${runs} runs; broker aedes, publisher and virtual board share one Node process.`,
    ],
    columns: [
      { key: 'broker', label: 'broker' },
      { key: 'light', label: 'light' },
      { key: 'median0', label: 'QoS 0', digits: 2 },
      { key: 'high0', label: '95 %', digits: 2 },
      { key: 'median1', label: 'QoS 1', digits: 2 },
      { key: 'high1', label: '95 %', digits: 2 },
    ],
    rows,
    notes: [...missingBrokers(), ...missingLights()],
  };
}
