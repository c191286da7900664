// Reads a board's settings back, without stopping its program.

import { settingRows } from '../../settings/values.ts';
import type { Settings } from '../../settings/schema.ts';
import { withBoard, type Access } from './flashBoard.ts';
import { identifyStep } from './identify.ts';
import { matches, type Image } from './image.ts';
import { fileBytes, fileState, PROGRAM_FILE, SETTINGS_FILE, type FileState } from './onBoard.ts';
import type { BoardReport } from './report.ts';

const KEY_CHARS = 14;

function settingLines(base64: string | null): string[] {
  if (base64 === null) return [`no ${SETTINGS_FILE}: the firmware uses its defaults`];
  let settings: Settings;
  try {
    settings = JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  } catch {
    return [`${SETTINGS_FILE} is not valid JSON: flash the board again`];
  }
  return settingRows(settings).map(({ key, value }) => `${key.padEnd(KEY_CHARS)} ${value}`);
}

function programLine(state: FileState | null, ours: Image | undefined): string {
  if (state === null) return 'no program';
  const comparison = ours === undefined ? '' : matches(ours, state) ? ', same as the bundle' : ', not the bundle here';
  return `${state.length} bytes, CRC-32 ${(state.crc >>> 0).toString(16).padStart(8, '0')}${comparison}`;
}

/**
 * Prints what is on a board, secrets masked.
 * @param ours the bundle to compare with, if there is one
 * @throws Failure
 */
export function showBoard(access: Access, report: BoardReport, ours: Image | undefined): Promise<void> {
  return withBoard(access, report, async (board) => {
    report.done(access.path);
    await identifyStep(board, report, { force: true, toWrite: false });
    report.step('program');
    report.done(programLine((await board.evaluate(fileState(PROGRAM_FILE))) as FileState | null, ours));
    report.step('settings');
    const lines = settingLines((await board.evaluate(fileBytes(SETTINGS_FILE))) as string | null);
    report.done('');
    for (const line of lines) report.log(line);
  });
}
