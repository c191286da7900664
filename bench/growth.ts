// Whether the chip's variables return to where they were after a hard life: anything but 0 is a leak.

import { createRogueBroker, type RoguePeer } from '../sim/broker/rogue.ts';
import { INTERPRETER_HINT, interpreterPath } from '../sim/interpreter/interpreter.ts';
import { anyBroker, createPublisher } from './brokers.ts';
import { keepBusy } from './keepBusy.ts';
import type { Lab } from './lab.ts';
import { watchLamp } from './lampReports.ts';
import { createMeteredChip, type MeteredChip } from './meteredChip.ts';
import type { Table } from './table.ts';
import { serve } from './yesBroker.ts';

/** For reconnects: a session lasts half its keep alive of 5 s, so that the back-off stays short and nobody suspects a rival. */
const SPEED = 100;

/** Part of the count that comes first, unmeasured. */
const WARM_UP = 0.1;

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

/** Turning the lamp on and off again lets Wi-Fi go, and come back a second later: what is typed at the prompt would stay in its history. */
const OUTAGE_AFTER_OFF = `
if(v)global.armed=1;
else if(global.armed){
  global.armed=0;
  setTimeout(function(){require("Wifi").fake("0.0.0.0")},100);
  setTimeout(function(){require("Wifi").fake("127.0.0.1")},1100);
}`;

async function outages(lab: Lab): Promise<Life> {
  const { port } = await anyBroker(lab);
  const chip = createMeteredChip(lab, { program: lab.firmware, port, speed: SPEED, onLamp: OUTAGE_AFTER_OFF });
  await chip.waitFor(/^mqtt connected/);
  const publisher = lab.use(await createPublisher(port));
  return {
    chip,
    async suffer(count) {
      for (let done = 0; done < count; done += 1) {
        const from = chip.console.length;
        publisher.next(chip.topic, 1);
        publisher.next(chip.topic, 1);
        await chip.waitFor(/^mqtt connected/, undefined, from);
      }
    },
  };
}

/** Reads the meter after a first part of the hardships, for what is used for the first time may stay, and after all of them. */
async function measure(
  lab: Lab,
  what: string,
  count: number,
  live: (lab: Lab) => Promise<Life>,
): Promise<Table['rows'][number]> {
  const { chip, suffer } = await live(lab);
  await suffer(count * WARM_UP);
  const before = await chip.used();
  await suffer(count);
  const after = await chip.used();
  await chip.dispose();
  lab.progress(`  ${count} ${what}\n`);
  return { what: `${count.toLocaleString('en-US')} ${what}`, before, after, growth: after - before };
}

/** Measures the growth, in each life at the same time: nobody looks at the clock here. */
export async function measureGrowth(lab: Lab): Promise<Table> {
  const share = lab.isQuick ? 0.1 : 1;
  const lives = [
    () => measure(lab, 'commands at QoS 1', 10_000 * share, messages),
    () => measure(lab, 'sessions closed by the broker', 1_000 * share, reconnects),
    () => measure(lab, 'Wi-Fi outages', 200 * share, outages),
  ];
  const rows = interpreterPath() ? await Promise.all(lives.map((live) => live())) : [];
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
