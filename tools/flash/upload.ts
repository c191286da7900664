// Brings files to the board under temporary names, verifies them there, and only then puts them in their place.

import type { BoardLink } from './board.ts';
import { failure, isFailure } from './exits.ts';
import { matches, type Image } from './image.ts';
import type { Limits } from './limits.ts';
import { fileState, installFile, installProgram, PROGRAM_FILE, UPLOAD_FILE, type FileState } from './onBoard.ts';
import type { BoardReport } from './report.ts';
import { pause } from './until.ts';

/** A file that is to be on the board. */
export interface Parcel {
  name: string;
  image: Image;
}

const arrivesAs = (index: number): string => `${UPLOAD_FILE}${index}`;

async function holds(board: BoardLink, name: string, image: Image): Promise<boolean> {
  return matches(image, (await board.evaluate(fileState(name))) as FileState | null);
}

const bytesOf = (parcels: Parcel[]): number => parcels.reduce((sum, { image }) => sum + image.length, 0);

async function sendAll(board: BoardLink, report: BoardReport, parcels: Parcel[], packetBytes: number): Promise<void> {
  for (const [index, { image }] of parcels.entries()) {
    const before = bytesOf(parcels.slice(0, index));
    const onProgress = (sent: number) => report.progress(before + sent, bytesOf(parcels));
    await board.sendFile(arrivesAs(index), image.bytes, { packetBytes, onProgress });
  }
}

async function verifyAll(board: BoardLink, parcels: Parcel[]): Promise<void> {
  for (const [index, { image }] of parcels.entries())
    if (!(await holds(board, arrivesAs(index), image)))
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
  board: BoardLink,
  report: BoardReport,
  parcels: Parcel[],
  limits: Limits,
): Promise<void> {
  let lineIsOpen = true;
  void board.closed.then(() => (lineIsOpen = false));
  for (const [attempt, packetBytes] of limits.packetBytes.entries()) {
    try {
      report.step('upload');
      const start = Date.now();
      await sendAll(board, report, parcels, packetBytes);
      report.done(`${bytesOf(parcels)} bytes in ${seconds(start)}`);
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
export async function installStep(board: BoardLink, report: BoardReport, parcels: Parcel[]): Promise<void> {
  report.step('install');
  for (const [index, { name, image }] of parcels.entries()) {
    const from = arrivesAs(index);
    await board.evaluate(name === PROGRAM_FILE ? installProgram(from, image.length) : installFile(from, name));
    if (!(await holds(board, name, image)))
      throw failure('verificationFailed', `${name} was not stored as it was sent: flash again`);
  }
  report.done(parcels.map(({ name }) => name).join(' and '));
}
