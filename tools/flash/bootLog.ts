// Reads the boot log of a board: which slot it runs, and what became of the last trial.

import { imageOf, type Image } from '../image.ts';

/** Its length; a byte is written once, and each trial takes three. */
const LOG_BYTES = 1024;

const ERASED = 0xff;

/** A log with less room is made anew when the board is flashed; a trial takes 3 bytes. */
const LITTLE_ROOM_BYTES = LOG_BYTES / 4;

/** What each mark says of the board. A boot's mark `1` tells no more than the one before it. */
const WORDS: Record<string, string> = {
  A: 'program kept',
  B: 'program kept',
  S: 'settings kept',
  a: 'program on trial',
  b: 'program on trial',
  s: 'settings on trial',
  '-': 'the last trial was rolled back',
  c: 'waits for a compaction',
  C: 'compacted',
};

/** What a boot log says. */
export interface BootState {
  /** The slot that is kept. */
  slot: 'a' | 'b';
  /** In words. */
  trial: string;
  /** Whether nothing is on trial or waits for the next boot. */
  isSettled: boolean;
  /** Whether settings were kept: then the file of the trial wins over `light.json`. */
  hasNewSettings: boolean;
  /** Whether many trials more can be noted. */
  hasRoom: boolean;
}

/** Reads a log; one without marks is that of slot a. */
export function readBootLog(bytes: Uint8Array): BootState {
  const end = bytes.indexOf(ERASED);
  const marks = [...Buffer.from(bytes.subarray(0, end < 0 ? undefined : end)).toString('latin1')];
  const last = marks.findLast((mark) => mark !== '1') ?? 'A';
  return {
    slot: marks.findLast((mark) => mark === 'A' || mark === 'B') === 'B' ? 'b' : 'a',
    trial: WORDS[last] ?? 'unreadable',
    isSettled: marks.at(-1) !== '1' && !'absc'.includes(last) && last in WORDS,
    hasNewSettings: marks.at(-1) === 'S',
    hasRoom: end >= 0 && bytes.length - end >= LITTLE_ROOM_BYTES,
  };
}

/** The log of a board that keeps slot a. */
export function freshBootLog(): Image {
  const bytes = new Uint8Array(LOG_BYTES).fill(ERASED);
  bytes[0] = 'A'.charCodeAt(0);
  return imageOf(bytes);
}
