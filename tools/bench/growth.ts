// Whether the chip's variables return to where they were after a hard life: anything but 0 is a leak.

import { createRogueBroker, type RoguePeer } from '../../sim/rogue.ts';
import { INTERPRETER_HINT, interpreterPath } from '../../sim/interpreter.ts';
import { anyBroker, createPublisher } from './brokers.ts';
import { keepBusy } from './keepBusy.ts';
import type { Lab } from './lab.ts';
import { watchLamp } from './lampReports.ts';
import { createMeteredChip, type MeteredChip } from './meteredChip.ts';
import type { Table } from './table.ts';
import { serve } from './yesBroker.ts';

/** For reconnects: a session lasts half its keep alive of 5 s, so that the back-off stays short and nobody suspects a rival. */
const SPEED = 100;

/** What is used for the first time may stay. */
const WARM_UP = 20;

/** A life, in three parts. */
interface Life {
  chip: MeteredChip;
  /** Goes through so many of the hardships, and waits until the chip is well again. */
  suffer(count: number): Promise<void>;
}

async function messages(lab: Lab): Promise<Life> {
  const { port } = await anyBroker(lab);
  const chip = createMeteredChip(lab, { program: lab.firmware, port });
  await chip.waitFor(/^mqtt connected/);
  const publisher = lab.use(await createPublisher(port));
  const light = { topic: chip.topic, changes: watchLamp(chip) };
  return { chip, suffer: async (count) => void (await keepBusy(publisher, light, { qos: 1, count })) };
}

/** The broker closes each session at its first PINGREQ, in turns with FIN and with RST, until none is left to close. */
async function reconnects(lab: Lab): Promise<Life> {
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
    async suffer(count) {
      left = count;
      for (let done = 0; done < count; done += 1) {
        const from = chip.console.length;
        await chip.waitFor(/^mqtt connected/, undefined, from);
      }
    },
  };
}

/** Wi-Fi goes and comes back, each time for a chip second, as often as there are outages left. */
async function outages(lab: Lab): Promise<Life> {
  const { port } = await anyBroker(lab);
  const preamble = `
global.outages=0;
setInterval(function(){
  if(!global.outages)return;
  global.outages--;
  require("Wifi").fake("0.0.0.0");
  setTimeout(function(){require("Wifi").fake("127.0.0.1")},1000);
},6000);`;
  const chip = createMeteredChip(lab, { program: lab.firmware, port, speed: SPEED, preamble });
  await chip.waitFor(/^mqtt connected/);
  return {
    chip,
    async suffer(count) {
      chip.type(`global.outages=${count}`);
      for (let done = 0; done < count; done += 1) {
        const from = chip.console.length;
        await chip.waitFor(/^mqtt connected/, undefined, from);
      }
    },
  };
}

async function measure(lab: Lab, what: string, count: number, live: typeof messages): Promise<Table['rows'][number]> {
  lab.progress(`  ${count} ${what}\n`);
  const { chip, suffer } = await live(lab);
  await suffer(WARM_UP);
  const before = await chip.used();
  await suffer(count);
  const after = await chip.used();
  await lab.clear();
  return { what: `${count.toLocaleString('en-US')} ${what}`, before, after, growth: after - before };
}

/** Measures the growth. */
export async function measureGrowth(lab: Lab): Promise<Table> {
  const share = lab.isQuick ? 0.1 : 1;
  const rows = interpreterPath()
    ? [
        await measure(lab, 'commands at QoS 1', 10_000 * share, messages),
        await measure(lab, 'sessions closed by the broker', 1_000 * share, reconnects),
        await measure(lab, 'Wi-Fi outages', 200 * share, outages),
      ]
    : [];
  return {
    title: 'Growth of chip variables (real interpreter, run from flash)',
    method: [
      `process.memory().usage at rest, after a warm-up of ${WARM_UP} and after the whole; time runs ${SPEED} times as fast for reconnects and outages.`,
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
