// Shows what is on a board, without stopping its program.

import { settingRows } from '../../settings/values.ts';
import type { Settings } from '../../settings/schema.ts';
import type { BoardLink } from './board.ts';
import { kB, readContents, readFile, type StoredFile } from './boardStorage.ts';
import { identifyStep } from './identify.ts';
import { crcText, matches, type Image } from './image.ts';
import { PROGRAM_FILE, SETTINGS_FILE } from './onBoard.ts';
import type { BoardReport } from './report.ts';
import { withBoard, type Access } from './session.ts';

const KEY_CHARS = 14;

async function settingLines(board: BoardLink, file: StoredFile | undefined): Promise<string[]> {
  if (file === undefined) return [`no ${SETTINGS_FILE}: the firmware uses its defaults`];
  let settings: Settings;
  try {
    settings = JSON.parse(Buffer.from((await readFile(board, file)).bytes).toString('utf8'));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return [`${SETTINGS_FILE} is not valid JSON: flash the board again`];
  }
  return settingRows(settings).map(({ key, value }) => `${key.padEnd(KEY_CHARS)} ${value}`);
}

function programLine(file: StoredFile | undefined, ours: Image | undefined): string {
  if (file === undefined) return 'no program';
  const comparison = ours === undefined ? '' : matches(ours, file) ? ', same as the bundle' : ', not the bundle here';
  return `${file.length} bytes, CRC-32 ${crcText(file.crc)}${comparison}`;
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
    const { files, free, trash } = await readContents(board);
    const named = (wanted: string) => files.find(({ name }) => name === wanted);
    report.done(`${kB(free)} free, ${kB(trash)} trash`);
    report.step('program');
    report.done(programLine(named(PROGRAM_FILE), ours));
    report.step('settings');
    const lines = await settingLines(board, named(SETTINGS_FILE));
    report.done('');
    for (const line of lines) report.log(line);
  });
}
