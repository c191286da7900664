// Keeps a mosquitto ACL file: read before a board is touched, replaced as a whole once it is flashed.

import {
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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

/** Gives a new file the owner and the mode of the old one: mosquitto runs as a user of its own, and must read it. */
function likeOld(temporary: string, target: string): void {
  const old = statSync(target, { throwIfNoEntry: false });
  if (!old) return;
  const { uid, gid } = statSync(temporary);
  try {
    if (uid !== old.uid || gid !== old.gid) chownSync(temporary, old.uid, old.gid);
  } catch {
    throw new Error(`it belongs to uid ${old.uid}, gid ${old.gid}, and only root can write it so: run this with sudo`);
  }
  chmodSync(temporary, old.mode);
}

/**
 * Writes next to the file, with its owner and its mode.
 * @param finish renames: whoever reads the file sees the old text or the new one
 */
function writeBeside(path: string, text: string, finish: (temporary: string, target: string) => void): void {
  const target = existsSync(path) ? realpathSync(path) : path;
  const temporary = `${target}.new`;
  try {
    writeFileSync(temporary, text, { encoding: 'latin1', flag: 'wx' });
    likeOld(temporary, target);
    finish(temporary, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new Error(`${temporary} is in the way: another flash writes it now, or has left it; then remove it`);
    rmSync(temporary, { force: true });
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

/**
 * Changes the section of a light.
 * @param finish what to do with the new file; not called when the section is there already
 * @returns whether it was called
 * @throws Failure badArguments, in one line that names the file
 */
function change(path: string, entry: AclEntry, finish: Parameters<typeof writeBeside>[2]): boolean {
  try {
    const before = textOf(path);
    const after = withSection(before, asBytes(entry));
    if (after !== before) writeBeside(path, after, finish);
    return after !== before;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw failure('badArguments', `--acl ${path}: ${code ?? message}`);
  }
}

/**
 * Checks that the section of a light can be written, by all steps but the last.
 * @throws Failure badArguments
 */
export function checkAcl(path: string, entry: AclEntry): void {
  change(path, entry, (temporary) => rmSync(temporary));
}

/**
 * Writes the section of a light.
 * @returns false when it is there already
 * @throws Failure badArguments
 */
export const writeAcl = (path: string, entry: AclEntry): boolean => change(path, entry, renameSync);
