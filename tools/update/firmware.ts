// The update of one board: offered, fetched, tried; it has succeeded when the board itself says so.

import { printable } from '../printable.ts';
import { secondsSince } from '../report.ts';
import { failure } from './exits.ts';
import type { BoardWork, Fleet } from './fleet.ts';
import type { Light } from './lights.ts';
import { before, mayBeOnTrial, refusal, wordSince, type Before, type Word } from './outcome.ts';
import { chunksOf, firmwareMessage, requestMessage, type Firmware } from './wire.ts';

/** An update of several boards. */
export interface FirmwareJob {
  fleet: Fleet;
  firmware: Firmware;
  /** Whether a board without room may compact its flash. */
  compact: boolean;
  /** Names of boards that still need the chunks. */
  fetching: Set<string>;
}

/** Where a board is. */
type Stage = { percent: number } | Word | 'replaced';

const versionOf = ({ info }: Light): string => printable(info?.version ?? 'an unknown version');

const isRunning = ({ info }: Light, { version }: Firmware): boolean => info?.version === version;

/** Whether a board runs the version, and not only on trial. */
export const isDone = (light: Light, firmware: Firmware): boolean => isRunning(light, firmware) && !mayBeOnTrial(light);

/** Whether the update is under way, from an earlier call. */
const isUnderWay = (light: Light, firmware: Firmware): boolean =>
  isRunning(light, firmware) || (light.firmware?.isInProgress === true && light.firmware.latest === firmware.version);

function stageOf(light: Light, firmware: Firmware, then: Before): Stage | undefined {
  if (isDone(light, firmware)) return 'kept';
  if (isRunning(light, firmware)) return 'trial';
  // Before the word: an offer that came twice is refused the second time, while its image is fetched.
  if (isUnderWay(light, firmware)) return { percent: light.firmware!.percent };
  const word = wordSince(light, then);
  return word === 'trial' || word === 'kept' ? undefined : word; // of the old version: of other trials
}

/** Whether a board that was at work on our image is at work on another. */
const isReplaced = ({ firmware }: Light, { version }: Firmware): boolean =>
  firmware?.isInProgress === true && firmware.latest !== version;

const isSame = (one: Stage | undefined, other: Stage): boolean => JSON.stringify(one) === JSON.stringify(other);

/** Offers the image; a board that has no room may compact first. */
async function offer(work: BoardWork, job: FirmwareJob, mayCompact: boolean): Promise<Before> {
  const { fleet, firmware, fetching } = job;
  const { light, report } = work;
  const then = before(light);
  if (!isRunning(light, firmware)) fetching.add(light.name);
  if (isUnderWay(light, firmware)) return then;
  report.step('offer');
  const message = (counter: number, keys: Parameters<typeof firmwareMessage>[2]) =>
    firmwareMessage(firmware, counter, keys);
  const stage = await fleet.ask(light, message, () => stageOf(light, firmware, then));
  if (typeof stage !== 'object' || !('refused' in stage)) return then;
  if (!mayCompact || !stage.refused.startsWith('no room')) throw refusal(stage.refused);
  await compact(work, job);
  return offer(work, job, false);
}

/** Makes a board compact its flash: it restarts, and comes back. */
async function compact({ light, report }: BoardWork, { fleet }: FirmwareJob): Promise<void> {
  const then = before(light);
  report.warn('compacts its flash: a power cut now would erase the board');
  report.step('compact');
  const restarted = () => ((light.info?.restarts ?? 0) > then.restarts ? true : undefined);
  const reaction = await fleet.ask(
    light,
    (counter, keys) => requestMessage('compact', counter, keys),
    () => wordSince(light, then) ?? (light.isOnline === false ? true : restarted()),
  );
  if (typeof reaction === 'object' && 'refused' in reaction) throw refusal(reaction.refused);
  if (!(await fleet.lights.wait(restarted, fleet.limits.compactMs, fleet.signal)))
    throw failure('silent', 'it does not come back from the compaction');
  report.done(`${light.info?.flashFreeKB} kB free`);
}

/** Follows the stages until the board has kept the image, or has not. */
async function follow({ light, report }: BoardWork, job: FirmwareJob, then: Before): Promise<Stage | undefined> {
  const { fleet, firmware, fetching } = job;
  const startMs = Date.now();
  let stage: Stage | undefined;
  report.step('fetch');
  for (;;) {
    const isFetched = stage === 'trial' || (typeof stage === 'object' && 'percent' in stage && stage.percent >= 100);
    const next = (): Stage | undefined => {
      const found = stage && isReplaced(light, firmware) ? 'replaced' : stageOf(light, firmware, then);
      return found === undefined || isSame(stage, found) ? undefined : found;
    };
    const limitMs = isFetched ? fleet.limits.trialMs : fleet.limits.fetchMs;
    const found = await fleet.lights.wait(next, limitMs, fleet.signal);
    if (found === undefined) return undefined;
    if (typeof found === 'object' && 'percent' in found) report.progress(found.percent, 100);
    else {
      const isTried = found === 'trial' || found === 'kept' || found === 'rolled back';
      if (isTried && fetching.delete(light.name)) {
        report.done(`${chunksOf(firmware).length} chunks in ${secondsSince(startMs)}`);
      }
      if (found === 'trial') report.step('trial');
      else return found;
    }
    stage = found;
  }
}

/**
 * Updates a board.
 * @throws Failure declined, rolledBack or silent
 */
export async function updateFirmware(work: BoardWork, job: FirmwareJob): Promise<void> {
  const { light, report } = work;
  const { firmware, fetching } = job;
  const old = versionOf(light);
  const then = await offer(work, job, job.compact);
  const end = await follow(work, job, then);
  fetching.delete(light.name);
  if (end === undefined)
    throw failure('silent', 'no word of it any more: look with npm run doctor, then run this again');
  if (typeof end === 'object' && 'refused' in end) throw refusal(end.refused);
  if (end === 'replaced') throw failure('declined', 'another update has taken the place of this one');
  report.step('trial');
  if (end === 'rolled back') throw failure('rolledBack', `rolled back: it runs ${versionOf(light)} again`);
  report.done(`kept: runs ${firmware.version}${old === firmware.version ? '' : `, before ${old}`}`);
}
