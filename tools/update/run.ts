// `npm run update` as a function: argv in, exit code out.

import { setMaxListeners } from 'node:events';
import { acknowledged } from '../broker.ts';
import { readBundle, takesUpdates, versionOf } from '../image.ts';
import { createReport, type Report } from '../report.ts';
import { HELP, parseArguments, type UpdateOrder } from './arguments.ts';
import { exitCodeOf, failure, type Exit } from './exits.ts';
import { isDone, updateFirmware, type FirmwareJob } from './firmware.ts';
import { boardsOf, withFleet, withPassword, type BoardWork, type Fleet, type Host, type Watch } from './fleet.ts';
import type { FleetOrder } from './fleetFlags.ts';
import { showLog } from './log.ts';
import { rollOut } from './rollOut.ts';
import { chunksOf, firmwareOf, type Firmware } from './wire.ts';

const UNTAKEN = 'the broker does not take the image: is it there, and may this user write to light/firmware/#?';

/** Which boards get an image. */
type FirmwareOrder = FleetOrder & Pick<UpdateOrder, 'compact'>;

/**
 * Reads the image.
 * @throws Failure badArguments
 */
export function readFirmware(path: string): Firmware {
  const bundle = readBundle(path);
  const version = versionOf(bundle);
  if (version === undefined || !takesUpdates(bundle))
    throw failure('badArguments', `${path} is no program that takes updates: npm run build makes one`);
  return firmwareOf(bundle.bytes, version);
}

/** What puts an image on the broker, and keeps it there when a restart has made it forget; and what removes it. */
function chunksAt({ client, limits, signal }: Fleet, firmware: Firmware) {
  const chunks = chunksOf(firmware);
  const publish = (payloadOf: (chunk: (typeof chunks)[number]) => Buffer) =>
    Promise.all(chunks.map((chunk) => client.publishAsync(chunk.topic, payloadOf(chunk), { qos: 1, retain: true })));
  const put = () => publish(({ payload }) => payload);
  const again = (): void => void put().catch(() => {});
  return {
    /** @throws Failure unreachable; the signal's reason */
    async put(): Promise<void> {
      client.on('connect', again);
      await acknowledged(put(), { limitMs: limits.putMs, signal, words: UNTAKEN });
    },
    /** Gives whether the broker has removed it. */
    remove(): Promise<boolean> {
      client.off('connect', again);
      const late = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), limits.goodbyeMs).unref());
      const removed = publish(() => Buffer.alloc(0)).then(
        () => true,
        () => false,
      );
      return Promise.race([removed, late]);
    },
  };
}

/** Ends the roll-out at the broker; a board that fetches still needs the chunks. */
async function tidy(remove: () => Promise<boolean>, fetching: Set<string>, report: Report): Promise<void> {
  if (fetching.size > 0)
    report.say(`the image stays at the broker for ${[...fetching].join(', ')}: run this again to finish`);
  else if (!(await remove())) report.say('the image is still at the broker: run this again to remove it');
}

/** Updates the boards that do not run the version yet. */
async function updateAll(order: FirmwareOrder, firmware: Firmware, fleet: Fleet, report: Report): Promise<Exit> {
  const { ready, failures } = boardsOf(fleet, order, report);
  const isCurrent = ({ light }: BoardWork): boolean => isDone(light, firmware);
  for (const board of ready.filter(isCurrent)) {
    board.report.step('update');
    board.report.done(`nothing to do: it runs ${firmware.version}`);
  }
  const job: FirmwareJob = { fleet, firmware, compact: order.compact, fetching: new Set() };
  const boards = ready.filter((board) => !isCurrent(board));
  const chunks = chunksAt(fleet, firmware);
  const { signal } = fleet;
  const options = { first: order.canaries, signal, report, work: (board: BoardWork) => updateFirmware(board, job) };
  try {
    await chunks.put();
    failures.push(...(await rollOut(boards, options)));
  } finally {
    await tidy(chunks.remove, signal.aborted ? job.fetching : new Set(), report);
  }
  const good = ready.filter(isCurrent).length;
  const all = ready.length + failures.filter(({ exit }) => exit === 'unheard' || exit === 'flashFirst').length;
  if (all > 1) report.say(`${good} of ${all} boards run ${firmware.version}`);
  return signal.aborted ? 'interrupted' : (failures[0]?.exit ?? 'ok');
}

async function logOne(order: UpdateOrder, fleet: Fleet, report: Report): Promise<Exit> {
  const { ready, failures } = boardsOf(fleet, order, report);
  if (ready[0]) await showLog(fleet, ready[0], report);
  return failures[0]?.exit ?? 'ok';
}

/**
 * Updates boards over the air.
 * @returns the exit of the first board that failed, which has been reported
 * @throws Failure badArguments, unreachable, refused or unheard
 */
export function update(order: FirmwareOrder, firmware: Firmware, watch: Watch): Promise<Exit> {
  return withFleet(order, watch, (fleet) => updateAll(order, firmware, fleet, watch.report));
}

/** Runs a tool of boards. */
export function runTool(tool: string, { write, signal }: Host, work: () => Promise<Exit>): Promise<number> {
  setMaxListeners(0, signal); // every board listens for Ctrl-C
  return exitCodeOf(tool, work, { print: write, signal, aborted: 'interrupted' });
}

/**
 * `npm run update`.
 * @returns the exit code
 */
export function runUpdate(argv: string[], host: Host): Promise<number> {
  return runTool('update', host, async () => {
    const given = parseArguments(argv, host.environment);
    if (!given) {
      host.write(HELP);
      return 'ok';
    }
    const firmware = given.log ? undefined : readFirmware(given.bundle);
    const order = await withPassword(given, host);
    const watch = { ...host, report: createReport({ ...host, secrets: [] }) };
    if (firmware) return update(order, firmware, watch);
    return withFleet(order, watch, (fleet) => logOne(order, fleet, watch.report));
  });
}
