// Writes the program and the settings to a board's Storage: the program first, every other file kept, no trash between them.
//
// The light runs from flash, and the interpreter compacts a Storage without room by itself, under the running program: only what
// lies before all trash stays right. So Storage is compacted here, while the program is stopped. A power cut in the middle makes
// the interpreter erase everything at its next boot: so all files are read before, and written again when they are gone.

import type { BoardLink } from './board.ts';
import { kB, readContents, readFile, type StoredFile, type StorageContents } from './boardStorage.ts';
import { runsProgram, type Contents, type WantedFile } from './contents.ts';
import { failure, isFailure } from './exits.ts';
import { matches, storedBytes } from '../image.ts';
import type { Limits } from './limits.ts';
import { compact, eraseUploads, LIST_FILES, moveToEnd, PROGRAM_FILE, OTHER_BOOT_FILES } from './onBoard.ts';
import type { BoardReport } from '../report.ts';
import { stop, type Session } from './session.ts';
import { installStep, uploadStep } from './upload.ts';

/** Each round writes missing files as far as there is room, and arranges Storage: two are enough for a board with room. */
const MAX_ROUNDS = 12;

const IN_INSTALL = 'the board has its old program, the new one or none: flash again';
const INSTALLED = 'the board has the new program: press EN to restart it';
const IN_ARRANGE = 'if its power went meanwhile, the board has lost its files: flash again, with its settings';

/** A file needs room for two copies while it is installed: the upload and the file itself. */
const twiceStored = (length: number): number => 2 * storedBytes(length);

/** Names the files that lie before the program; one that is too big for a second copy stays there. */
function misplaced({ files, free }: StorageContents): string[] {
  const program = files.findIndex(({ name }) => name === PROGRAM_FILE);
  const before = files.slice(0, Math.max(program, 0));
  return before.filter(({ length }) => twiceStored(length) <= free).map(({ name }) => name);
}

const isArranged = (holding: StorageContents): boolean => holding.trash === 0 && misplaced(holding).length === 0;

/** Reads the board's other files, except those that would run instead of the program. */
async function readOthers(
  board: BoardLink,
  report: BoardReport,
  files: StoredFile[],
  { program, others, unwanted }: Contents,
): Promise<WantedFile[]> {
  const notKept = new Set([...OTHER_BOOT_FILES, ...unwanted, ...[...program, ...others].map(({ name }) => name)]);
  const kept: WantedFile[] = [];
  for (const [index, file] of files.entries()) {
    report.progress(index, files.length);
    if (!notKept.has(file.name)) kept.push({ name: file.name, image: await readFile(board, file) });
  }
  return kept;
}

/** Uploads and installs files. */
async function write(session: Session, report: BoardReport, missing: Contents, limits: Limits): Promise<void> {
  const files = [...missing.program, ...missing.others];
  if (files.length === 0) return;
  await uploadStep(session.board, report, files, limits);
  session.leaves = IN_INSTALL;
  await installStep(session.board, report, missing);
  session.leaves = INSTALLED;
  await session.board.evaluate(eraseUploads);
}

/** Moves the program to the front and compacts; opens a line that breaks meanwhile again. */
async function arrange(session: Session, report: BoardReport, limits: Limits): Promise<void> {
  const { board, leaves } = session;
  session.leaves = IN_ARRANGE;
  try {
    for (const name of misplaced(await readContents(board))) await board.evaluate(moveToEnd(name), limits.compactMs);
    session.critical = board.evaluate(compact, limits.compactMs);
    await session.critical;
    session.leaves = leaves;
    const { free, trash } = await readContents(board);
    report.done(`${kB(free)} free, ${kB(trash)} trash`);
  } catch (error) {
    if (!isFailure(error) || error.exit !== 'lostInTransfer') throw error;
    report.warn(`${error.message} while Storage was compacted: reading what is left`);
    await session.reopen();
    await session.board.identify(true);
    await stop(session, limits);
  }
}

/**
 * Gives the files for which there is room now: the program as a whole, and the first of the others.
 * @throws Failure noSpace when a compact Storage has no room for all
 */
function withRoom(report: BoardReport, { free, trash, files: held }: StorageContents, missing: Contents): Contents {
  const bytes = (files: WantedFile[]) => files.reduce((sum, { image }) => sum + storedBytes(image.length), 0);
  const units = [missing.program, ...missing.others.map((file) => [file])].map(bytes);
  const want = units.reduce((sum, unit) => sum + unit, 0) + Math.max(...units);
  report.step('space');
  if (free + trash < want) {
    const names = held.map(({ name }) => name).slice(0, LIST_FILES);
    throw failure(
      'noSpace',
      `needs ${kB(want)} of Storage, ${kB(free)} are free beside ${names.join(', ')}; --erase empties it`,
    );
  }
  report.done(`${kB(free)} free, ${kB(want)} needed`);
  let left = free;
  const tooMuch = units.findIndex((unit) => (left -= 2 * unit) < 0);
  if (tooMuch === 0) return { ...missing, program: [], others: [] };
  return { ...missing, others: missing.others.slice(0, tooMuch < 0 ? undefined : tooMuch - 1) };
}

/** What the board lacks of its contents, and of the files that it had. */
async function missingFrom(
  board: BoardLink,
  holding: StorageContents,
  contents: Contents,
  kept: WantedFile[],
): Promise<Contents> {
  const isThere = ({ name, image }: WantedFile) =>
    holding.files.some((file) => file.name === name && matches(image, file));
  return {
    program: (await runsProgram(board, holding, contents)) ? [] : contents.program,
    others: [...contents.others, ...kept].filter((file) => !isThere(file)),
    unwanted: contents.unwanted,
  };
}

/**
 * Makes the board hold the wanted files, and keeps all others that it has.
 * @throws Failure
 */
export async function transfer(
  session: Session,
  report: BoardReport,
  contents: Contents,
  limits: Limits,
): Promise<void> {
  let kept: WantedFile[] | undefined;
  for (let round = 1; ; round += 1) {
    await session.board.evaluate(eraseUploads);
    const holding = await readContents(session.board);
    const missing = await missingFrom(session.board, holding, contents, kept ?? []);
    const isComplete = missing.program.length + missing.others.length === 0;
    if (isComplete && isArranged(holding)) return round === 1 ? nothingToDo(report) : undefined;
    if (round === MAX_ROUNDS) return giveUp(report, [...missing.program, ...missing.others]);
    if (!isComplete) await write(session, report, withRoom(report, holding, missing), limits);
    report.step('arrange');
    kept ??= await readOthers(session.board, report, holding.files, contents);
    await arrange(session, report, limits);
  }
}

function nothingToDo(report: BoardReport): void {
  report.step('upload');
  report.done('nothing to do: the board holds exactly this');
}

function giveUp(report: BoardReport, missing: WantedFile[]): void {
  const [first] = missing;
  if (first) throw failure('verificationFailed', `the board does not keep ${first.name}: flash again`);
  report.warn('Storage was not compacted: it works, and fills up earlier');
}
