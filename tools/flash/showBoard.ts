// Shows what is on a board, without stopping its program.

import { isUtf8 } from 'node:buffer';
import { settingRows } from '../../settings/values.ts';
import type { Settings } from '../../settings/schema.ts';
import type { BoardLink } from './board.ts';
import { fileNamed, kB, readContents, readFile, type StorageContents, type StoredFile } from './boardStorage.ts';
import { bootStateOf, updatesLeft } from './contents.ts';
import { identifyStep } from './identify.ts';
import { bootFile, crcText, matches, type Image } from '../image.ts';
import { bootWords, PROGRAM_FILE, SETTINGS_FILE, SLOT_FILES } from './onBoard.ts';
import type { BoardReport } from '../report.ts';
import { withBoard, type Access } from './session.ts';

const KEY_CHARS = 14;

/** A text of the board, whose chars are bytes where it has written the file itself. */
function asText(_key: string, value: unknown): unknown {
  if (typeof value !== 'string' || !/^[\0-\xff]*[\x80-\xff]/.test(value) || /[^\0-\xff]/.test(value)) return value;
  const bytes = Buffer.from(value, 'latin1');
  return isUtf8(bytes) ? bytes.toString('utf8') : value;
}

async function settingLines(board: BoardLink, file: StoredFile | undefined): Promise<string[]> {
  if (file === undefined) return [`no ${SETTINGS_FILE}: the firmware uses its defaults`];
  let settings: Settings;
  try {
    settings = JSON.parse(Buffer.from((await readFile(board, file)).bytes).toString('utf8'), asText) as Settings;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [`${SETTINGS_FILE} is not valid JSON: flash the board again`];
  }
  return settingRows(settings).map(({ key, value }) => `${key.padEnd(KEY_CHARS)} ${value}`);
}

/** Describes the program in a file. */
async function programLine(board: BoardLink, file: StoredFile | undefined, ours: Image | undefined): Promise<string> {
  if (file === undefined) return 'no program';
  const version = /^\S+(?= on )/.exec(String(await board.evaluate(bootWords(file.name))))?.[0] ?? 'no light';
  const comparison = ours === undefined ? '' : matches(ours, file) ? ', same as the bundle' : ', not the bundle here';
  return `${version}, ${file.length} bytes, CRC-32 ${crcText(file.crc)}${comparison}`;
}

/** Shows the program, and where the board takes updates, in which slot it is, what became of the last trial, and the room. */
async function programSteps(board: BoardLink, report: BoardReport, holding: StorageContents, ours: Image | undefined) {
  const state = await bootStateOf(board, holding);
  report.step('program');
  if (!state) return report.done(await programLine(board, fileNamed(holding, PROGRAM_FILE), ours && bootFile(ours)));
  const line = await programLine(board, fileNamed(holding, SLOT_FILES[state.slot]), ours);
  report.done(`${line}, slot ${state.slot}`);
  report.step('updates');
  report.done(`${state.trial}; ${updatesLeft(holding, state.slot)} left before a flash by USB or --compact`);
}

/**
 * Prints what is on a board, secrets masked.
 * @param ours the bundle to compare with, if there is one
 * @throws Failure
 */
export function showBoard(access: Access, report: BoardReport, ours: Image | undefined): Promise<void> {
  return withBoard(access, report, async ({ board }) => {
    report.done(access.path);
    await identifyStep(board, report, { force: true, toWrite: false });
    report.step('storage');
    const holding = await readContents(board);
    report.done(`${kB(holding.free)} free, ${kB(holding.trash)} trash`);
    await programSteps(board, report, holding, ours);
    report.step('settings');
    const lines = await settingLines(board, fileNamed(holding, SETTINGS_FILE));
    report.done('');
    for (const line of lines) report.log(line);
  });
}
