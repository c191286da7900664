// Virtual lights for a picture of a home: named, near and far from their access point, and not all of them well.

import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createBroker } from '../../sim/broker/embedded.ts';
import { createHouse } from '../../sim/house.ts';
import { createAccessPoint } from '../../sim/network/accessPoint.ts';
import { readBundle, versionOf } from '../image.ts';

const FIRMWARE = fileURLToPath(new URL('../../dist/firmware.js', import.meta.url));

const ROOMS = [
  'bathroom bedroom-left bedroom-right cellar desk door fridge garage garden-1 garden-2',
  'garden-3 hall kitchen-counter kitchen-table ladder library loft lounge mirror nursery',
  'oven pantry porch shelf sofa stairs-down stairs-up studio terrace window',
].flatMap((line) => line.split(' '));

/** Chip milliseconds per wall millisecond: a house boots in a second. A large fleet is work enough at its own pace. */
const speedOf = (count: number): number => (count > 100 ? 1 : 5);
const LIMIT_MS = 120_000;

/** Chip milliseconds within which a roll call is answered. */
const ANSWER_MS = 11_000;

/** dBm, from the strongest to the weakest. */
const STRONGEST = -48;
const SPREAD = 36;

/** Which of thirty are on, away, or of an older version. */
const ON = [0, 3, 4, 8, 9, 10, 11, 14, 17, 20, 23, 26];
const AWAY = [6, 21];
const OLDER = 13;
const OLDER_VERSION = '0.0.9';

const place = (number: number): number => number % ROOMS.length;

const nameOf = (number: number): string => {
  const round = Math.floor(number / ROOMS.length);
  return ROOMS[place(number)]! + (round > 0 ? `-${round + 1}` : '');
};

/** The program as built, and as an older version of it. */
export function readPrograms(): { firmware: string; older: string } {
  const bundle = readBundle(FIRMWARE);
  const firmware = Buffer.from(bundle.bytes).toString('latin1');
  return { firmware, older: firmware.replaceAll(versionOf(bundle)!, OLDER_VERSION) };
}

/** Starts a broker and lights, and sets them as a home in the evening has them. */
export async function createFleet(count: number) {
  const { firmware, older } = readPrograms();
  const broker = createBroker();
  const port = await broker.start();
  const house = createHouse({ speed: speedOf(count) });
  house.hosts.set('broker', `127.0.0.1:${port}`);
  const boards = Array.from({ length: count }, (_, number) =>
    house.board({
      firmware: place(number) === OLDER ? older : firmware,
      accessPoint: { ...createAccessPoint(), rssi: STRONGEST - ((number * 11) % SPREAD) },
      config: { wifi: { ssid: 'Home', password: 'secret-password' }, broker: 'broker', name: nameOf(number) },
    }),
  );
  await Promise.all(boards.map((board) => board.waitFor(/^mqtt connected/, LIMIT_MS)));
  for (const [number, board] of boards.entries()) {
    const at = place(number);
    const command = JSON.stringify(at % 3 ? { brightness: 40 + at * 7 } : { state: 'ON' });
    if (ON.includes(at)) await broker.publish(`light/${nameOf(number)}/set`, command);
    if (AWAY.includes(at)) board.powerOff('reset');
  }
  return {
    port,
    /** Makes all lights speak, so that a page that has just come knows them. */
    async call(): Promise<void> {
      await broker.publish('light/call', '');
      await sleep(ANSWER_MS / speedOf(count));
    },
    async dispose(): Promise<void> {
      house.dispose();
      await broker.stop();
    },
  };
}
