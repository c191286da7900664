// A log of single bytes in flash. A byte can be written once, from 0xFF to another value, and survives a power cut. So a change
// costs one byte of flash, and a new file only when the old one is full.
import type { Storage } from './board.ts';
import type { Write } from './store.ts';

/** Small enough to be read in one go at boot, large enough that its header of 32 bytes does not count. */
const SIZE_BYTES = 512;

const UNWRITTEN = '\xff';

/** Between the head and the bytes that were appended. */
const HEAD_END = '|';

/** The content of the log, and the place of the next byte. */
export interface ByteLog {
  /** Its name ends with a digit, 0 or 1: the new file is complete before the old one is erased. */
  file: string;
  /** Bytes written; 0 where there is no whole file. */
  end: number;
  /** What the file began with. */
  head: string;
  /** All bytes since. */
  bytes: string;
}

/** Reads the log. @param name of its files, without the digit */
export function createByteLog(storage: Storage, name: string): ByteLog {
  const texts = ['0', '1'].map(function (digit) {
    const all = storage.read(name + digit) || '';
    const end = all.indexOf(UNWRITTEN);
    const text = end < 0 ? all : all.substr(0, end);
    return all.length === SIZE_BYTES && text.indexOf(HEAD_END) > 0 ? text : '';
  });
  // after a power cut between the two steps both exist: the shorter one is the new one
  const file = texts[1] && (!texts[0] || texts[1].length < texts[0].length) ? 1 : 0;
  const text = texts[file]!;
  const headEnd = text.indexOf(HEAD_END);
  return { file: name + file, end: text.length, head: text.substr(0, headEnd), bytes: text.substr(headEnd + 1) };
}

/**
 * Appends bytes below 0xFF. Without room for a new file they are lost.
 * @param head starts a new file and sums up the old one: a text without `|` or 0xFF
 */
export function appendBytes(storage: Storage, write: Write, log: ByteLog, bytes: string, head: string): void {
  const fits = log.end > 0 && log.end + bytes.length <= SIZE_BYTES;
  if (fits && write(log.file, bytes, log.end, 0)) {
    log.end += bytes.length;
    return;
  }
  const last = log.file.length - 1;
  const next = log.file.substr(0, last) + (log.file[last] === '0' ? '1' : '0');
  const start = head + HEAD_END + bytes;
  storage.erase(next); // left over from a power cut
  if (!write(next, start, 0, SIZE_BYTES)) return;
  storage.erase(log.file);
  log.file = next;
  log.end = start.length;
}
