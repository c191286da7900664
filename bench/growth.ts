// Measures whether the chip's variables grow after many commands, reconnects and outages: anything but 0 is a leak.

import { createRogueBroker, type RoguePeer } from '../sim/broker/rogue.ts';
import { INTERPRETER_HINT, interpreterPath } from '../sim/interpreter/interpreter.ts';
import { anyBroker, createPublisher } from './brokers.ts';
import { keepBusy } from './keepBusy.ts';
import type { Lab } from './lab.ts';
import { watchLamp } from './lampReports.ts';
import { createMeteredChip, type MeteredChip } from './meteredChip.ts';
import type { Table } from './table.ts';
import { serve } from './acceptingBroker.ts';

/** Chip seconds per wall second, for reconnects and outages. */
const SPEED = 100;

/** Part of the count that runs first, unmeasured. */
const WARM_UP = 0.1;

/** A chip, and what it has to endure. */
interface Workload {
  chip: MeteredChip;
  /** Runs so many events, and waits until the chip is connected again. */
  run(count: number): Promise<void>;
}

async function messages(lab: Lab): Promise<Workload> {
  const { port } = await anyBroker(lab);
  const chip = createMeteredChip(lab, { program: lab.firmware, port });
  await chip.waitFor(/^mqtt connected/);
  const publisher = lab.use(await createPublisher(port));
  const light = { topic: chip.topic, changes: watchLamp(chip) };
  return { chip, run: async (count) => void (await keepBusy(publisher, light, { qos: 1, count })) };
}

/**
 * The broker closes `left` sessions, each at its first PINGREQ, in turns with FIN and with RST. Such a session has lasted, so that
 * the back-off stays short.
 */
async function reconnects(lab: Lab): Promise<Workload> {
  let left = 0;
  const close = (peer: RoguePeer): void => (left % 2 ? peer.end() : peer.reset());
  const rogue = createRogueBroker((peer) =>
    serve(peer, () => {
      if (left === 0) return true;
      close(peer);
      left -= 1;
      return false;
    }),
  );
  const port = await rogue.start();
  lab.use({ dispose: rogue.stop });
  const chip = createMeteredChip(lab, { program: lab.firmware, port, speed: SPEED });
  await chip.waitFor(/^mqtt connected/);
  return {
    chip,
    async run(count) {
      left = count;
      for (let done = 0; done < count; done += 1) {
        const from = chip.console.length;
        await chip.waitFor(/^mqtt connected/, undefined, from);
      }
    },
  };
}

/** Program: turning the lamp on and off again ends Wi-Fi for a second. (Text typed at the prompt would stay in its history.) */
const OUTAGE_AFTER_OFF = `
if(v)global.armed=1;
else if(global.armed){
  global.armed=0;
  setTimeout(function(){require("Wifi").fake("0.0.0.0")},100);
  setTimeout(function(){require("Wifi").fake("127.0.0.1")},1100);
}`;

async function outages(lab: Lab): Promise<Workload> {
  const { port } = await anyBroker(lab);
  const chip = createMeteredChip(lab, { program: lab.firmware, port, speed: SPEED, onLamp: OUTAGE_AFTER_OFF });
  await chip.waitFor(/^mqtt connected/);
  const publisher = lab.use(await createPublisher(port));
  return {
    chip,
    async run(count) {
      for (let done = 0; done < count; done += 1) {
        const from = chip.console.length;
        publisher.next(chip.topic, 1);
        publisher.next(chip.topic, 1);
        await chip.waitFor(/^mqtt connected/, undefined, from);
      }
    },
  };
}

/** Reads the meter after a warm-up, because what is used for the first time may stay, and after all events. */
async function measure(
  lab: Lab,
  what: string,
  count: number,
  create: (lab: Lab) => Promise<Workload>,
): Promise<Table['rows'][number]> {
  const { chip, run: suffer } = await create(lab);
  await suffer(count * WARM_UP);
  const before = await chip.used();
  await suffer(count);
  const after = await chip.used();
  await chip.dispose();
  lab.progress(`  ${count} ${what}\n`);
  return { what: `${count.toLocaleString('en-US')} ${what}`, before, after, growth: after - before };
}

/** Measures the growth under each workload, all at the same time. */
export async function measureGrowth(lab: Lab): Promise<Table> {
  const share = lab.isQuick ? 0.1 : 1;
  const workloads = [
    () => measure(lab, 'commands at QoS 1', 10_000 * share, messages),
    () => measure(lab, 'sessions closed by the broker', 1_000 * share, reconnects),
    () => measure(lab, 'Wi-Fi outages', 200 * share, outages),
  ];
  const rows = interpreterPath() ? await Promise.all(workloads.map((measured) => measured())) : [];
  return {
    title: 'Growth of chip variables (real interpreter, run from flash)',
    method: [
      `process.memory().usage at rest, before and after, and after a warm-up of a tenth; time runs ${SPEED} times as fast for reconnects and outages.`,
      'Sessions last until their first PINGREQ and are closed with FIN and RST in turns. One run each.',
    ],
    columns: [
      { key: 'what', label: 'after' },
      { key: 'before', label: 'used before' },
      { key: 'after', label: 'used after' },
      { key: 'growth', label: 'growth' },
    ],
    rows,
    notes: interpreterPath() ? [] : [`left out: it ${INTERPRETER_HINT}`],
  };
}
