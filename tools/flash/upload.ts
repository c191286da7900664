// Uploads files under temporary names, verifies them on the board, and only then installs them.

import { setTimeout as sleep } from 'node:timers/promises';
import type { BoardLink } from './board.ts';
import type { Contents, WantedFile } from './contents.ts';
import { failure, isRepeatable } from './exits.ts';
import { crcText, matches, type Image } from '../image.ts';
import type { Limits } from './limits.ts';
import {
  closeProgram,
  eraseFiles,
  fileState,
  installFile,
  openProgram,
  UPLOAD_FILE,
  type FileState,
} from './onBoard.ts';
import { secondsSince, type BoardReport } from '../report.ts';

const uploadName = (index: number): string => `${UPLOAD_FILE}${index}`;

async function holds(board: BoardLink, name: string, image: Image): Promise<boolean> {
  return matches(image, (await board.evaluate(fileState(name))) as FileState | null);
}

const bytesOf = (files: WantedFile[]): number => files.reduce((sum, { image }) => sum + image.length, 0);

async function sendAll(board: BoardLink, report: BoardReport, files: WantedFile[], packetBytes: number): Promise<void> {
  for (const [index, { image }] of files.entries()) {
    const before = bytesOf(files.slice(0, index));
    const onProgress = (sent: number) => report.progress(before + sent, bytesOf(files));
    await board.sendFile(uploadName(index), image.bytes, { packetBytes, onProgress });
  }
}

async function verifyAll(board: BoardLink, files: WantedFile[]): Promise<void> {
  for (const [index, { image }] of files.entries())
    if (!(await holds(board, uploadName(index), image)))
      throw failure('verificationFailed', 'what arrived on the board is not what was sent (CRC-32 or length)');
}

/**
 * Sends files under temporary names and verifies them: the board's old program stays as it is.
 * @throws Failure lostInTransfer or verificationFailed
 */
export async function uploadStep(
  board: BoardLink,
  report: BoardReport,
  files: WantedFile[],
  limits: Limits,
): Promise<void> {
  let lineIsOpen = true;
  void board.closed.then(() => (lineIsOpen = false));
  for (const [attempt, packetBytes] of limits.packetBytes.entries()) {
    try {
      report.step('upload');
      const start = Date.now();
      await sendAll(board, report, files, packetBytes);
      report.done(`${bytesOf(files)} bytes in ${secondsSince(start)}`);
      report.step('verify');
      await verifyAll(board, files);
      const crcs = files.map(({ image }) => `CRC-32 ${crcText(image.crc)}`);
      return report.done(crcs.length > 2 ? `${crcs.length} files, each by its CRC-32` : crcs.join(', '));
    } catch (error) {
      const isLast = attempt === limits.packetBytes.length - 1;
      if (isLast || !lineIsOpen || !isRepeatable(error)) throw error;
      report.warn(`${(error as Error).message}: once more, in smaller packets`);
      await sleep(limits.resyncMs);
      await board.identify(true).catch(() => Promise.reject(error));
    }
  }
}

/** A verified upload, and where it goes. */
interface Upload extends WantedFile {
  from: string;
}

async function install(board: BoardLink, { from, name, image }: Upload): Promise<void> {
  await board.evaluate(installFile(from, name));
  if (!(await holds(board, name, image)))
    throw failure('verificationFailed', `${name} was not stored as it was sent: flash again`);
}

/**
 * Installs the program's files as one: from the first write to the last the board boots nothing of them.
 * @param first the file that the interpreter runs at boot
 */
async function installProgram(board: BoardLink, [first, ...others]: Upload[], unwanted: string[]): Promise<void> {
  const { from, name, image } = first!;
  const isCopied = await board.evaluate(openProgram(from, image.length));
  if (unwanted.length > 0) await board.evaluate(eraseFiles(unwanted));
  for (const other of others) await install(board, other);
  if (isCopied) await board.evaluate(closeProgram(image.length));
  if (!(await holds(board, name, image)))
    throw failure('verificationFailed', `${name} was not stored as it was sent: flash again`);
}

/**
 * Copies verified uploads to their final names, on the board itself, and verifies the result.
 * @param contents the files, in the order of the uploads; without the program, no unwanted file is erased
 * @throws Failure verificationFailed
 */
export async function installStep(board: BoardLink, report: BoardReport, contents: Contents): Promise<void> {
  const { program, others, unwanted } = contents;
  report.step('install');
  const uploads = [...program, ...others].map((file, index) => ({ ...file, from: uploadName(index) }));
  if (program.length > 0) await installProgram(board, uploads.slice(0, program.length), unwanted);
  for (const upload of uploads.slice(program.length)) await install(board, upload);
  report.done(listed(uploads.map(({ name }) => name)));
}

const listed = (names: string[]): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
