// Lists the binaries in a zip archive or a folder.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { unzipSync } from 'fflate';
import { failure, type Failure } from '../exits.ts';

/** A binary, read when it is needed. */
export interface Binary {
  /** Its folder in the archive; empty for the archive itself. */
  folder: string;
  name: string;
  read(): Uint8Array;
}

/** Where the archive comes from; the same words in docs/flashing.md. */
const SOURCE = 'take the .zip of Espruino’s latest release from https://www.espruino.com/Download';

/** The largest flash of an ESP32 board; more is no interpreter. */
const BINARY_MAX_BYTES = 32 * 1024 * 1024;

const ZIP_START = 'PK';

const isBinary = (name: string): boolean => name.toLowerCase().endsWith('.bin');

/** Says what is wrong with an archive, and where to get a right one. */
export const wrongArchive = (path: string, why: string): Failure =>
  failure('badArguments', `--interpreter ${path}: ${why}; ${SOURCE}`);

/** Lists a folder and the folders in it: an unpacked release has a folder for each chip. */
function inFolder(path: string): Binary[] {
  const entriesOf = (folder: string) => readdirSync(join(path, folder), { withFileTypes: true });
  const folders = entriesOf('')
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  return ['', ...folders].flatMap((folder) =>
    entriesOf(folder)
      .filter((entry) => !entry.isDirectory() && isBinary(entry.name))
      .map(({ name }) => ({ folder, name, read: () => readFileSync(join(path, folder, name)) })),
  );
}

function inZip(path: string, bytes: Uint8Array): Binary[] {
  if (Buffer.from(bytes.subarray(0, ZIP_START.length)).toString('latin1') !== ZIP_START)
    throw wrongArchive(path, 'no zip archive; unpack another kind and give its folder');
  const files = unzipSync(bytes, {
    filter: ({ name, originalSize }) => isBinary(name) && originalSize < BINARY_MAX_BYTES,
  });
  return Object.entries(files).map(([name, data]) => ({
    folder: name.split('/').slice(0, -1).join('/'),
    name: basename(name),
    read: () => data,
  }));
}

/**
 * Lists the binaries in an archive.
 * @throws Failure badArguments
 */
export function listBinaries(path: string): Binary[] {
  try {
    return statSync(path).isDirectory() ? inFolder(path) : inZip(path, readFileSync(path));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw wrongArchive(path, 'no such file or folder');
    if (code === 'EACCES') throw wrongArchive(path, 'no permission to read it');
    if (message.startsWith('--interpreter')) throw error;
    throw wrongArchive(path, `it cannot be read (${message})`);
  }
}
