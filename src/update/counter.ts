// The highest counter that was accepted. It never goes down, whatever a power cut tears.
import { appendBytes, createByteLog } from '../byteLog.ts';
import type { Storage } from '../board.ts';
import type { Write } from '../store.ts';

/** Milliseconds since 1970, decimal: of one length until 2286, so that texts compare as numbers do. */
const DIGITS = 13;

/** The kept counter. */
export interface Counter {
  /** '' before the first. */
  latest: string;
  /** Keeps a higher one. @returns false when there is no room in the flash */
  keep(counter: string): boolean;
}

/** Whether this is a counter. */
export function isCounter(text: string): boolean {
  return (
    text.length === DIGITS &&
    text.split('').every(function (char) {
      return char >= '0' && char <= '9';
    })
  );
}

/** Reads the counter. Each is a space, its digits, and a full stop that says that it is whole. */
export function readCounter(storage: Storage, write: Write): Counter {
  const log = createByteLog(storage, 'light.count');
  const counter: Counter = {
    latest: '',
    keep: function (next) {
      const before = log.end;
      appendBytes(storage, write, log, ' ' + next + '.', ' ' + counter.latest + '.');
      counter.latest = next;
      return log.end !== before;
    },
  };
  (log.head + log.bytes).split(' ').forEach(function (text) {
    const digits = text.substr(0, DIGITS);
    if (text === digits + '.' && isCounter(digits) && digits > counter.latest) counter.latest = digits;
  });
  return counter;
}
