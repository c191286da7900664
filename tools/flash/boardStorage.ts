// What lies in a board's Storage, read without a change.

import type { BoardLink } from './board.ts';
import { failure } from './exits.ts';
import { imageOf, matches, type Image } from './image.ts';
import { fileBytes, fileList, LIST_FILES, READ_BYTES, storageStats } from './onBoard.ts';
import type { FileState, StorageStats } from './onBoard.ts';

/** A file on the board. */
export interface HeldFile extends FileState {
  name: string;
}

/** All that a board holds. */
export interface Holding extends StorageStats {
  /** In the order in which they lie in the flash. */
  files: HeldFile[];
}

/** Bytes for people. */
export const kB = (bytes: number): string => `${(bytes / 1024).toFixed(0)} kB`;

/** Lists the board's files. */
export async function look(board: BoardLink): Promise<Holding> {
  const files: HeldFile[] = [];
  for (let isMore = true; isMore;) {
    const some = (await board.evaluate(fileList(files.length))) as [string, number, number][];
    files.push(...some.map(([name, length, crc]) => ({ name, length, crc })));
    isMore = some.length === LIST_FILES;
  }
  return { files, ...((await board.evaluate(storageStats)) as StorageStats) };
}

/**
 * Reads a file of the board.
 * @throws Failure verificationFailed when its bytes are not what their CRC-32 says
 */
export async function readFile(board: BoardLink, { name, length, crc }: HeldFile): Promise<Image> {
  const pieces: Buffer[] = [];
  for (let offset = 0; offset < length; offset += READ_BYTES)
    pieces.push(Buffer.from((await board.evaluate(fileBytes(name, offset))) as string, 'base64'));
  const image = imageOf(Buffer.concat(pieces));
  if (!matches(image, { length, crc })) throw failure('verificationFailed', `${name} cannot be read without errors`);
  return image;
}
