// Measures how many commands a second a light obeys.

import { createPublisher, missingBrokers, withEachBroker } from './brokers.ts';
import { keepBusy, WINDOW } from './keepBusy.ts';
import type { Lab } from './lab.ts';
import { lightKinds, missingLights } from './lights.ts';
import { median } from './statistics.ts';
import type { Table } from './table.ts';

/** Measures the throughput at QoS 0 and 1. */
export async function measureThroughput(lab: Lab): Promise<Table> {
  const runs = 3;
  const forMs = lab.isQuick ? 400 : 800;
  const rows: Table['rows'] = [];
  await withEachBroker(lab, async (broker) => {
    const publisher = lab.use(await createPublisher(broker.port));
    for (const kind of lightKinds()) {
      const light = await kind.start(lab, broker.port);
      const row: Table['rows'][number] = { broker: broker.name, light: kind.name };
      for (const qos of [0, 1] as const) {
        const rates: number[] = [];
        for (let run = 0; run < runs; run += 1) rates.push(await keepBusy(publisher, light, { qos, forMs }));
        row[`qos${qos}`] = median(rates);
      }
      rows.push(row);
      await light.dispose();
    }
  });
  return {
    title: 'Commands obeyed per second, sustained',
    method: [
      `${WINDOW} commands are always on their way, for ${forMs / 1000} s; each changes the lamp, and our lights publish their state as well.`,
      `Medians of ${runs} runs; broker aedes, publisher and virtual board share one Node process.`,
    ],
    columns: [
      { key: 'broker', label: 'broker' },
      { key: 'light', label: 'light' },
      { key: 'qos0', label: 'QoS 0' },
      { key: 'qos1', label: 'QoS 1' },
    ],
    rows,
    notes: [...missingBrokers(), ...missingLights()],
  };
}
