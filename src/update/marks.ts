// Writes the loader's log, `light.boot`: what is to run next, and what has become of a trial (loader.ts).
import { FlashFile } from '../files.ts';
import type { Storage } from '../board.ts';
import type { Write } from '../store.ts';

/** A trial takes three; what remains is for the outcome of one that is cut off. */
const TRIAL_BYTES = 4;

/** Where the log ends, and how many bytes are left. */
function endOf(storage: Storage): { end: number; left: number } {
  const log = storage.read(FlashFile.BOOT) || '';
  const end = log.indexOf('\xff');
  return { end: end, left: end < 1 ? 0 : log.length - end };
}

/** Whether the log has room for a trial, or for a compaction. */
export function hasMarksLeft(storage: Storage): boolean {
  return endOf(storage).left >= TRIAL_BYTES;
}

/** Appends a byte. @returns whether it is written */
export function appendMark(storage: Storage, write: Write, mark: string): boolean {
  const log = endOf(storage);
  return log.left > 0 && write(FlashFile.BOOT, mark, log.end, 0);
}
