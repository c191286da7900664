// Flashes one board, from opening its port to the firmware's boot line.

import type { Settings } from '../../settings/schema.ts';
import type { AclEntry } from './acl.ts';
import { checkAcl, writeAcl } from './aclFile.ts';
import { quoted } from './bareChip.ts';
import type { BoardLink } from './board.ts';
import { bootStep } from './boot.ts';
import { fileNamed, readContents, readFile, type StorageContents } from './boardStorage.ts';
import { aloneContents, bootStateOf, counterFile, updatableContents, type Contents, type Updates } from './contents.ts';
import { failure, isFailure } from './exits.ts';
import { identifyStep } from './identify.ts';
import { hasSettings, wantsTinyMqtt, type Image } from '../image.ts';
import { writeLabel } from './label.ts';
import {
  COUNTER_FILES,
  eraseUploads,
  fileState,
  reboot,
  serialNumber,
  SETTINGS_FILE,
  SETUP_PASSWORD_FILE,
  TRIAL_FILE,
} from './onBoard.ts';
import type { BoardReport } from '../report.ts';
import { stop, withBoard, type Access, type Session } from './session.ts';
import { transfer } from './transfer.ts';

/** Where to write a board's label. */
interface LabelFile {
  file: string;
  /** Each of several boards gets a file of its own. */
  isOneOfMany: boolean;
}

/** What belongs to a board's set-up mode. */
interface SetUp {
  serial: string;
  password: string | undefined;
}

/** What to flash, and where. */
interface FlashJob extends Access {
  bundle: Image;
  /** Its file. */
  bundlePath: string;
  /** Absent: the bundle runs alone. */
  updates: Updates | undefined;
  /** Absent: the board keeps the settings it has. */
  settings: Image | undefined;
  /** Says which settings do not fit such a board (`process.env.BOARD`), one line each. */
  complaints(board: string): string[];
  /** The ACL file that gets a section for the light, and the settings that it follows from. */
  acl?: { path: string; settings: Settings } | undefined;
  /** Wait until the firmware reports that MQTT is up. */
  wait: boolean;
  label: LabelFile | undefined;
}

/** Refuses a bundle that needs the module tinyMQTT: only the uploader of the espruino package fetches it from the web. */
async function refuseTinyMqtt(board: BoardLink, { path, baud, bundle, bundlePath }: FlashJob): Promise<void> {
  if (!wantsTinyMqtt(bundle) || (await board.evaluate(fileState('tinyMQTT'))) !== null) return;
  const command = `npx espruino --no-ble -p ${quoted(path)} -b ${baud} --config SAVE_ON_SEND=1 ${quoted(bundlePath)}`;
  throw failure(
    'badArguments',
    `the bundle needs the module tinyMQTT, which is not on the board; build its settings in, then: ${command}`,
  );
}

/** Reads settings that were kept after a trial, and are not in their own file yet. */
async function tried(board: BoardLink, holding: StorageContents): Promise<Image | undefined> {
  const file = fileNamed(holding, TRIAL_FILE);
  return file && (await bootStateOf(board, holding))?.hasNewSettings ? readFile(board, file) : undefined;
}

/** Gives the password of the board's access point in its set-up mode; undefined where it has none. */
function setUpPasswordOf({ others }: Contents): string | undefined {
  const file = others.find(({ name }) => name === SETUP_PASSWORD_FILE);
  return file && Buffer.from(file.image.bytes).toString();
}

/** Lists the files for a board. */
async function contentsFor(board: BoardLink, serial: string, { bundle, updates, settings }: FlashJob) {
  const holding = await readContents(board);
  const contents = updates ? updatableContents(bundle, updates, serial) : aloneContents(bundle);
  const image = settings ?? (await tried(board, holding));
  const isNew = updates && !holding.files.some(({ name }) => name.startsWith(COUNTER_FILES));
  const others = [
    ...(image ? [{ name: SETTINGS_FILE, image }] : []),
    ...contents.others,
    ...(isNew ? [counterFile(Date.now())] : []),
  ];
  return { ...contents, others };
}

/** Whose section of the ACL it is: the firmware names itself after its serial number. */
function aclEntryOf(serial: string, { name, username = '', ...settings }: Settings): AclEntry {
  return { name: name ?? `light-${serial.replaceAll('-', '')}`, username, settings };
}

/** Writes the section of the light. */
function aclStep(path: string, entry: AclEntry, report: BoardReport): void {
  report.step('acl');
  const isNew = writeAcl(path, entry);
  report.done(
    `${path}: ${entry.name} as ${entry.username}${isNew ? '; let mosquitto reload it (SIGHUP)' : ', as before'}`,
  );
}

/** Erases the uploads and runs the program that the board has, after a failure on a line that still works. */
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
    let setUp: SetUp;
    try {
      if (wrong.length > 0) throw failure('badArguments', wrong.join('\n'));
      await stop(session, job.limits);
      const serial = String(await session.board.evaluate(serialNumber));
      const acl = job.acl && { path: job.acl.path, entry: aclEntryOf(serial, job.acl.settings) };
      if (acl) checkAcl(acl.path, acl.entry);
      await refuseTinyMqtt(session.board, job);
      const contents = await contentsFor(session.board, serial, job);
      setUp = { serial, password: setUpPasswordOf(contents) };
      if (setUp.password) report.log(`set-up password: ${setUp.password} (of its own access point)`);
      await transfer(session, report, contents, job.limits);
      if (
        !job.settings &&
        !hasSettings(job.bundle) &&
        (await session.board.evaluate(fileState(SETTINGS_FILE))) === null
      )
        report.warn('the board has no settings to keep: flash it with settings');
      if (acl) aclStep(acl.path, acl.entry, report);
    } catch (error) {
      await restore(session).catch(() => {});
      throw withAdvice(error, session);
    }
    const line = await bootStep(session, report, job);
    if (job.label) labelStep(job.label, report, setUp, line);
  });
}

/** Writes the label of a board that runs. */
function labelStep(label: LabelFile, report: BoardReport, { serial, password = '' }: SetUp, bootLine: string): void {
  report.step('label');
  const name = / as (\S+)/.exec(bootLine)?.[1] ?? '';
  const texts = { name, ssid: `light-${serial.slice(-4)}`, password };
  report.done(writeLabel(label.file, texts, label.isOneOfMany ? serial : undefined));
}
