// Keeps a mosquitto ACL file: read before a board is touched, replaced as a whole once it is flashed.

import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { withSection, type AclEntry } from './acl.ts';
import { failure } from './exits.ts';

/** One char per byte: foreign lines may be in any encoding. */
const toBytes = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

const asBytes = (entry: AclEntry): AclEntry => ({
  name: toBytes(entry.name),
  username: toBytes(entry.username),
  settings: {
    ...entry.settings,
    ...(entry.settings.topics && { topics: [entry.settings.topics].flat().map(toBytes) }),
  },
});

/** Writes next to the file and renames: whoever reads it sees the old text or the new one. */
function replace(path: string, text: string): void {
  const target = existsSync(path) ? realpathSync(path) : path;
  const temporary = `${target}.new`;
  try {
    writeFileSync(temporary, text, { encoding: 'latin1', flag: 'wx' });
    if (existsSync(target)) chmodSync(temporary, statSync(target).mode);
    renameSync(temporary, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') rmSync(temporary, { force: true });
    throw error;
  }
}

/** A file that is not there yet is empty. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  }
}

/** Does something with the file; an error becomes one line that names it. */
function withFile<Result>(path: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw failure('badArguments', `--acl ${path}: ${code ?? message}`);
  }
}

/**
 * Checks that the section of a light can be written.
 * @throws Failure badArguments
 */
export function checkAcl(path: string, entry: AclEntry): void {
  withFile(path, () => {
    accessSync(dirname(existsSync(path) ? realpathSync(path) : path), constants.W_OK); // it is replaced by another file
    withSection(textOf(path), asBytes(entry));
  });
}

/**
 * Writes the section of a light.
 * @returns false when it is there already
 * @throws Failure badArguments
 */
export function writeAcl(path: string, entry: AclEntry): boolean {
  return withFile(path, () => {
    const before = textOf(path);
    const after = withSection(before, asBytes(entry));
    if (after === before) return false;
    replace(path, after);
    return true;
  });
}
