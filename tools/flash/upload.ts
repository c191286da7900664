// Brings files to the board under temporary names, verifies them there, and only then puts them in their place.

import type { Board } from './board.ts';
import { failure, isFailure } from './exits.ts';
import { matches, type Image } from './image.ts';
import type { Limits } from './limits.ts';
import {
  erase,
  fileState,
  installProgram,
  installSettings,
  NEW_PROGRAM_FILE,
  NEW_SETTINGS_FILE,
  PROGRAM_FILE,
  SETTINGS_FILE,
  type FileState,
} from './onBoard.ts';
import type { BoardReport } from './report.ts';
import { pause } from './until.ts';

/** What is to be on the board. */
export interface Cargo {
  /** Absent when the board has it already. */
  program?: Image;
  settings?: Image;
}

interface Parcel {
  arrivesAs: string;
  image: Image;
}

function parcelsOf({ program, settings }: Cargo): Parcel[] {
  const parcels: Parcel[] = [];
  if (settings) parcels.push({ arrivesAs: NEW_SETTINGS_FILE, image: settings });
  if (program) parcels.push({ arrivesAs: NEW_PROGRAM_FILE, image: program });
  return parcels;
}

/** Whether the board holds exactly this file. */
export async function holds(board: Board, name: string, image: Image): Promise<boolean> {
  return matches(image, (await board.evaluate(fileState(name))) as FileState | null);
}

async function sendAll(board: Board, report: BoardReport, parcels: Parcel[], packetBytes: number): Promise<void> {
  const all = parcels.reduce((sum, { image }) => sum + image.length, 0);
  let before = 0;
  for (const { arrivesAs, image } of parcels) {
    const base = before;
    await board.sendFile(arrivesAs, image.bytes, {
      packetBytes,
      onProgress: (sent) => report.progress(base + sent, all),
    });
    before += image.length;
  }
}

async function verifyAll(board: Board, parcels: Parcel[]): Promise<void> {
  for (const { arrivesAs, image } of parcels)
    if (!(await holds(board, arrivesAs, image)))
      throw failure('verificationFailed', 'what arrived on the board is not what was sent (CRC-32 or length)');
}

/** A line that is open but loses bytes deserves a second try with smaller packets. */
const isRepeatable = (error: unknown): boolean =>
  isFailure(error) && ['lostInTransfer', 'verificationFailed'].includes(error.exit);

/**
 * Sends everything under temporary names and verifies it there: the board's old program stays as it is.
 * @throws Failure lostInTransfer or verificationFailed
 */
export async function uploadStep(
  board: Board,
  report: BoardReport,
  { cargo, limits }: { cargo: Cargo; limits: Limits },
) {
  const parcels = parcelsOf(cargo);
  let lineIsOpen = true;
  void board.closed.then(() => (lineIsOpen = false));
  for (const [attempt, packetBytes] of limits.packetBytes.entries()) {
    try {
      report.step('upload');
      const start = Date.now();
      await sendAll(board, report, parcels, packetBytes);
      report.done(`${parcels.reduce((sum, { image }) => sum + image.length, 0)} bytes in ${seconds(start)}`);
      report.step('verify');
      await verifyAll(board, parcels);
      return report.done(parcels.map(({ image }) => `CRC-32 ${hex(image.crc)}`).join(', '));
    } catch (error) {
      const isLast = attempt === limits.packetBytes.length - 1;
      if (isLast || !lineIsOpen || !isRepeatable(error)) throw error;
      report.warn(`${(error as Error).message}: once more, in smaller packets`);
      await pause(limits.resyncMs);
      await board.identify(true).catch(() => Promise.reject(error));
    }
  }
}

const seconds = (start: number): string => `${((Date.now() - start) / 1000).toFixed(1)} s`;

const hex = (crc: number): string => (crc >>> 0).toString(16).padStart(8, '0');

/**
 * Puts verified uploads in their place, on the board itself, and reads the result back.
 * @throws Failure verificationFailed
 */
export async function installStep(board: Board, report: BoardReport, { program, settings }: Cargo): Promise<void> {
  report.step('install');
  if (settings) {
    await board.evaluate(installSettings);
    if (!(await holds(board, SETTINGS_FILE, settings)))
      throw failure('verificationFailed', `${SETTINGS_FILE} was not stored as it was sent: flash again`);
  }
  if (program) {
    const isCopied = await board.evaluate(installProgram(program.length));
    if (isCopied !== true || !(await holds(board, PROGRAM_FILE, program)))
      throw failure('verificationFailed', `${PROGRAM_FILE} was not stored as it was sent: flash again`);
  }
  await board.evaluate(erase([NEW_PROGRAM_FILE, NEW_SETTINGS_FILE]));
  report.done([program && PROGRAM_FILE, settings && SETTINGS_FILE].filter(Boolean).join(' and '));
}
