// Flashes one board, from opening its port to the firmware's boot line.

import type { Settings } from '../../settings/schema.ts';
import type { AclEntry } from './acl.ts';
import { checkAcl, writeAcl } from './aclFile.ts';
import type { BoardLink } from './board.ts';
import { bootStep } from './boot.ts';
import { failure, isFailure } from './exits.ts';
import { identifyStep } from './identify.ts';
import { wantsTinyMqtt, type Image } from './image.ts';
import { eraseUploads, fileState, PROGRAM_FILE, reboot, SETTINGS_FILE } from './onBoard.ts';
import type { BoardReport } from './report.ts';
import { stop, withBoard, type Access, type Session } from './session.ts';
import { transfer } from './transfer.ts';
import type { WantedFile } from './upload.ts';

/** What to flash, and where. */
interface FlashJob extends Access {
  program: Image;
  /** Absent: the board keeps the settings it has. */
  settings?: Image;
  /** Says which settings do not fit such a board (`process.env.BOARD`), one line each. */
  complaints(board: string): string[];
  /** The ACL file that gets a section for the light, and the settings that it follows from. */
  acl?: { path: string; settings: Settings } | undefined;
  /** Wait until the firmware reports that MQTT is up. */
  wait: boolean;
}

/** Refuses a bundle that needs the module tinyMQTT: only the uploader of the espruino package fetches it from the web. */
async function refuseTinyMqtt(board: BoardLink, { path, program }: FlashJob): Promise<void> {
  if (!wantsTinyMqtt(program) || (await board.evaluate(fileState('tinyMQTT'))) !== null) return;
  const command = `npx espruino --no-ble -p ${path} -b 115200 --config SAVE_ON_SEND=1 dist/firmware.js`;
  throw failure('badArguments', `the bundle needs the module tinyMQTT, which is not on the board: ${command}`);
}

/** Lists the files, with the program first: it must lie first in the flash. */
function filesFor({ program, settings }: FlashJob): WantedFile[] {
  const files = [{ name: PROGRAM_FILE, image: program }];
  return settings ? [...files, { name: SETTINGS_FILE, image: settings }] : files;
}

/** Whose section of the ACL it is: the firmware names itself after its serial number. */
async function aclEntryOf(board: BoardLink, { name, username = '', ...settings }: Settings): Promise<AclEntry> {
  if (name !== undefined) return { name, username, settings };
  const serial = String(await board.evaluate('getSerial()'));
  return { name: `light-${serial.replaceAll('-', '')}`, username, settings };
}

/** Writes the section of the light. */
function aclStep(path: string, entry: AclEntry, report: BoardReport): void {
  report.step('acl');
  const isNew = writeAcl(path, entry);
  report.done(
    `${path}: ${entry.name} as ${entry.username}${isNew ? '; let mosquitto reload it (SIGHUP)' : ', as before'}`,
  );
}

/** Erases the uploads and runs the old program again, after a failure on a line that still works. */
async function restore({ board }: Session): Promise<void> {
  await board.evaluate(eraseUploads);
  await board.evaluate(reboot);
}

/** Adds to a broken transfer what it means for the board. */
function withAdvice(error: unknown, { leaves }: Session): unknown {
  if (!isFailure(error) || !['lostInTransfer', 'silentBoard'].includes(error.exit)) return error;
  return failure(error.exit, `${error.message}; ${leaves}`);
}

/**
 * Flashes the light onto a board, and waits until it runs.
 * @throws Failure, after which the board has its old program or none, never a part of one
 */
export function flashBoard(job: FlashJob, report: BoardReport): Promise<void> {
  return withBoard(job, report, async (session) => {
    report.done(job.path);
    const who = await identifyStep(session.board, report, { force: job.force, toWrite: true });
    const wrong = job.complaints(who.board);
    let entry: AclEntry | undefined;
    try {
      if (wrong.length > 0) throw failure('badArguments', wrong.join('\n'));
      await stop(session, job.limits);
      if (job.acl) checkAcl(job.acl.path, (entry = await aclEntryOf(session.board, job.acl.settings)));
      await refuseTinyMqtt(session.board, job);
      await transfer(session, report, filesFor(job), job.limits);
      if (!job.settings && (await session.board.evaluate(fileState(SETTINGS_FILE))) === null)
        report.warn('the board has no settings to keep: flash it with settings');
    } catch (error) {
      await restore(session).catch(() => {});
      throw withAdvice(error, session);
    }
    if (job.acl && entry) aclStep(job.acl.path, entry, report);
    await bootStep(session, report, job);
  });
}
