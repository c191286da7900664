// Reads what is in a board's Storage.

import type { BoardLink } from './board.ts';
import { failure } from './exits.ts';
import { imageOf, matches, type Image } from '../image.ts';
import { fileBytes, fileList, LIST_FILES, READ_BYTES, storageStats } from './onBoard.ts';
import type { FileState, StorageStats } from './onBoard.ts';

/** A file on the board. */
export interface StoredFile extends FileState {
  name: string;
}

/** Everything in a board's Storage. */
export interface StorageContents extends StorageStats {
  /** In the order in which they lie in the flash. */
  files: StoredFile[];
}

/** Formats bytes for people. */
export const kB = (bytes: number): string => `${(bytes / 1024).toFixed(0)} kB`;

/** Finds a file by its name. */
export const fileNamed = ({ files }: StorageContents, wanted: string): StoredFile | undefined =>
  files.find(({ name }) => name === wanted);

/** Lists the board's files and its free space. */
export async function readContents(board: BoardLink): Promise<StorageContents> {
  const files: StoredFile[] = [];
  for (let isMore = true; isMore;) {
    const page = (await board.evaluate(fileList(files.length))) as [string, number, number][];
    files.push(...page.map(([name, length, crc]) => ({ name, length, crc })));
    isMore = page.length === LIST_FILES;
  }
  return { files, ...((await board.evaluate(storageStats)) as StorageStats) };
}

/**
 * Reads a file of the board.
 * @throws Failure verificationFailed when its bytes do not match their CRC-32
 */
export async function readFile(board: BoardLink, { name, length, crc }: StoredFile): Promise<Image> {
  const pieces: Buffer[] = [];
  for (let offset = 0; offset < length; offset += READ_BYTES)
    pieces.push(Buffer.from((await board.evaluate(fileBytes(name, offset))) as string, 'base64'));
  const image = imageOf(Buffer.concat(pieces));
  if (!matches(image, { length, crc })) throw failure('verificationFailed', `${name} cannot be read without errors`);
  return image;
}
