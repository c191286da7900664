// Checks that a board can run the light before anything is written to it.

import type { BoardLink, Identity } from './board.ts';
import { failure } from './exits.ts';
import type { BoardReport } from '../report.ts';

/** The first version with the packet protocol that carries the upload. */
const OLDEST_MINOR = 25;

/** The firmware was tried on this version; before 2v26 the Storage of an ESP32 is 256 kB. */
const TRIED_MINOR = 27;

const MAJOR = 2;

const UPDATE = 'put a current interpreter on it with --interpreter FILE.zip';

/** Whether an interpreter's version, such as `2v27` or `2v29.277`, is older than 2v`minor`. */
export function isOlder(version: string, minor: number): boolean {
  const match = /^(\d+)v(\d+)/.exec(version);
  if (!match) return true;
  return Number(match[1]) < MAJOR || (Number(match[1]) === MAJOR && Number(match[2]) < minor);
}

/** Whether a board's name is one of Espruino's ESP32 builds: ESP32, ESP32C3_IDF4, ESP32S3_IDF4 … */
export const isEsp32 = (board: string): boolean => /^ESP32/.test(board);

/**
 * Identifies the board, and refuses one that cannot run the light.
 * @param toWrite stop the board's program, and be strict; otherwise the board is only read
 * @throws Failure silentBoard or wrongBoard
 */
export async function identifyStep(
  board: BoardLink,
  report: BoardReport,
  { force, toWrite }: { force: boolean; toWrite: boolean },
): Promise<Identity> {
  report.step('identify');
  const who = await board.identify(toWrite);
  const name = `${who.board}, Espruino ${who.version}`;
  if (isOlder(who.version, OLDEST_MINOR))
    throw failure('wrongBoard', `${name} is older than 2v${OLDEST_MINOR} and cannot take an upload: ${UPDATE}`);
  if (toWrite && !isEsp32(who.board) && !force)
    throw failure('wrongBoard', `${name} is no ESP32; use --force to write to it all the same`);
  report.done(name);
  if (!toWrite) return who;
  if (!isEsp32(who.board)) report.warn(`${who.board} is no ESP32: going on because of --force`);
  if (isOlder(who.version, TRIED_MINOR))
    report.warn(`${who.version} is older than 2v${TRIED_MINOR}, on which the light was tried: better ${UPDATE}`);
  return who;
}
