// Brings a board's Storage to what it shall hold: the program first, the settings, every other file, and no trash between them.
//
// The light runs from flash, and the interpreter compacts a Storage without room by itself, under the running program: only what
// lies before all trash stays right. So trash is cleared here, while the program is stopped. A power cut in the middle of it makes
// the interpreter erase everything at its next boot: so all files are read before, and written again when they are gone.

import type { BoardLink } from './board.ts';
import { kB, look, readFile, type HeldFile, type Holding } from './boardStorage.ts';
import { failure, isFailure } from './exits.ts';
import { matches, storedBytes } from './image.ts';
import type { Limits } from './limits.ts';
import { compact, eraseUploads, LIST_FILES, moveBehind, PROGRAM_FILE, RIVAL_FILES } from './onBoard.ts';
import type { BoardReport } from './report.ts';
import { stop, type Session } from './session.ts';
import { installStep, uploadStep, type Parcel } from './upload.ts';

/** In each round what is missing is written as far as there is room, and Storage arranged: two do for a board with room. */
const MAX_ROUNDS = 12;

const IN_INSTALL = 'the board has its old program, the new one or none: flash again';
const INSTALLED = 'the board has the new program: press EN to restart it';
const IN_ARRANGE = 'if its power went meanwhile, the board has lost its files: flash again, with its settings';

/** A file is twice there for a moment: as it arrived, and in its place. */
const twice = (length: number): number => 2 * storedBytes(length);

/** What lies before the program and could be changed there; a file too big for a second copy of it stays. */
function misplaced({ files, free }: Holding): string[] {
  const program = files.findIndex(({ name }) => name === PROGRAM_FILE);
  const before = files.slice(0, Math.max(program, 0));
  return before.filter(({ length }) => twice(length) <= free).map(({ name }) => name);
}

const isArranged = (holding: Holding): boolean => holding.trash === 0 && misplaced(holding).length === 0;

/** Reads what else is on the board, but what would run instead of the program. */
async function readOthers(
  board: BoardLink,
  report: BoardReport,
  files: HeldFile[],
  wanted: Parcel[],
): Promise<Parcel[]> {
  const notKept = new Set([...RIVAL_FILES, ...wanted.map(({ name }) => name)]);
  const parcels: Parcel[] = [];
  for (const [index, file] of files.entries()) {
    report.progress(index, files.length);
    if (!notKept.has(file.name)) parcels.push({ name: file.name, image: await readFile(board, file) });
  }
  return parcels;
}

/** Writes files. */
async function put(session: Session, report: BoardReport, parcels: Parcel[], limits: Limits): Promise<void> {
  if (parcels.length === 0) return;
  await uploadStep(session.board, report, parcels, limits);
  session.leaves = IN_INSTALL;
  await installStep(session.board, report, parcels);
  session.leaves = INSTALLED;
  await session.board.evaluate(eraseUploads);
}

/** Lays the program first and compacts; a line that breaks meanwhile is opened anew. */
async function arrange(session: Session, report: BoardReport, limits: Limits): Promise<void> {
  const { board, leaves } = session;
  session.leaves = IN_ARRANGE;
  try {
    for (const name of misplaced(await look(board))) await board.evaluate(moveBehind(name), limits.compactMs);
    session.critical = board.evaluate(compact, limits.compactMs);
    await session.critical;
    session.leaves = leaves;
    const { free, trash } = await look(board);
    report.done(`${kB(free)} free, ${kB(trash)} trash`);
  } catch (error) {
    if (!isFailure(error) || error.exit !== 'lostInTransfer') throw error;
    report.warn(`${error.message} while Storage was compacted: looking what is left`);
    await session.reopen();
    await session.board.identify(true);
    await stop(session, limits);
  }
}

/** Insists on room for all parcels in a compact Storage; returns the first of them for which there is room now. */
function fitting(report: BoardReport, { free, trash, files }: Holding, parcels: Parcel[]): Parcel[] {
  const lengths = parcels.map(({ image }) => image.length);
  const want = lengths.reduce((sum, length) => sum + storedBytes(length), storedBytes(Math.max(...lengths)));
  report.step('space');
  if (free + trash < want) {
    const names = files.map(({ name }) => name).slice(0, LIST_FILES);
    throw failure(
      'noSpace',
      `needs ${kB(want)} of Storage, ${kB(free)} are free beside ${names.join(', ')}; --erase empties it`,
    );
  }
  report.done(`${kB(free)} free, ${kB(want)} needed`);
  let left = free;
  const tooMuch = lengths.findIndex((length) => (left -= twice(length)) < 0);
  return parcels.slice(0, tooMuch < 0 ? undefined : tooMuch);
}

/**
 * Makes the board hold the wanted files, and all others that it has.
 * @throws Failure
 */
export async function transfer(session: Session, report: BoardReport, wanted: Parcel[], limits: Limits): Promise<void> {
  let kept: Parcel[] | undefined;
  for (let round = 1; ; round += 1) {
    await session.board.evaluate(eraseUploads);
    const holding = await look(session.board);
    const isThere = ({ name, image }: Parcel) =>
      holding.files.some((file) => file.name === name && matches(image, file));
    const missing = [...wanted, ...(kept ?? [])].filter((parcel) => !isThere(parcel));
    if (missing.length === 0 && isArranged(holding)) return round === 1 ? nothingToDo(report) : undefined;
    if (round === MAX_ROUNDS) return giveUp(report, missing);
    if (missing.length > 0) await put(session, report, fitting(report, holding, missing), limits);
    report.step('arrange');
    kept ??= await readOthers(session.board, report, holding.files, wanted);
    await arrange(session, report, limits);
  }
}

function nothingToDo(report: BoardReport): void {
  report.step('upload');
  report.done('nothing to do: the board holds exactly this');
}

function giveUp(report: BoardReport, missing: Parcel[]): void {
  const [first] = missing;
  if (first) throw failure('verificationFailed', `the board does not keep ${first.name}: flash again`);
  report.warn('Storage was not compacted: it works, and fills up earlier');
}
