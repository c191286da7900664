// What the light costs the chip at rest: interpreter variables, run from flash.

import { setTimeout as sleep } from 'node:timers/promises';
import { createBroker } from '../../sim/broker.ts';
import { INTERPRETER_HINT, interpreterPath } from '../../sim/interpreter.ts';
import { bareLight, SHARED_TOPIC } from './bareLight.ts';
import type { Lab } from './lab.ts';
import { watchLamp } from './lampReports.ts';
import { createMeteredChip } from './meteredChip.ts';
import type { Table } from './table.ts';

/** After CONNECT: time to subscribe and to publish what is retained. */
const SUBSCRIBED_MS = 1500;

interface Usage {
  subscribed: number;
  obeyed: number;
}

/** Boots a light, and reads before and after its first commands. */
async function measure(lab: Lab, programFor: (port: number) => string): Promise<Usage> {
  const broker = createBroker();
  const port = await broker.start();
  lab.use({ dispose: broker.stop });
  const connected = new Promise((resolve) => broker.onConnect(resolve));
  const chip = createMeteredChip(lab, { program: programFor(port), port });
  await connected;
  await sleep(SUBSCRIBED_MS);
  const subscribed = await chip.used();
  const changes = watchLamp(chip);
  for (const command of ['on', 'off']) {
    await broker.publish(SHARED_TOPIC, command);
    await changes();
  }
  const obeyed = await chip.used();
  await lab.clear();
  return { subscribed, obeyed };
}

async function emptyProgram(lab: Lab): Promise<number> {
  const used = await createMeteredChip(lab, { program: '', port: 0 }).used();
  await lab.clear();
  return used;
}

/** Measures the bundle, and the bare light where its module is at hand. */
export async function measureVariables(lab: Lab): Promise<Table> {
  const rows: Table['rows'] = [];
  const notes = interpreterPath() ? [] : [`left out: it ${INTERPRETER_HINT}`];
  const { firmware, tinyMqtt } = lab;
  if (interpreterPath()) {
    const base = await emptyProgram(lab);
    const add = (light: string, { subscribed, obeyed }: Usage): void =>
      void rows.push({ light, subscribed: subscribed - base, obeyed: obeyed - base });
    const ours = await measure(lab, () => firmware);
    add('this light', ours);
    if (tinyMqtt === undefined) notes.push('bare tinyMQTT light left out: name its module with --tinymqtt FILE');
    else {
      const bare = await measure(lab, (port) => bareLight(tinyMqtt, port));
      add('bare tinyMQTT light', bare);
      const ratio = (key: keyof Usage): string => ((ours[key] - base) / (bare[key] - base)).toFixed(2);
      rows.push({ light: 'ratio', subscribed: ratio('subscribed'), obeyed: ratio('obeyed') });
    }
  }
  return {
    title: 'Chip variables in use (real interpreter, run from flash)',
    method: [
      'process.memory().usage minus that of an empty program with the same preamble (Wi-Fi, pins), read when it stays the same.',
      'One run each: the figure does not vary. An ESP32 has about 5,800 variables free at its prompt.',
    ],
    columns: [
      { key: 'light', label: 'light' },
      { key: 'subscribed', label: 'after subscribing' },
      { key: 'obeyed', label: 'after commands' },
    ],
    rows,
    notes,
  };
}
