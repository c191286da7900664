// The bundle, and the program as the interpreter finds it at boot.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { failure } from './failure.ts';

/** The board writes its end last: until then the interpreter finds an unfinished comment, and runs nothing. */
const COMMENT = '/**/';

/** Storage spends a header on each file and rounds its length up to a word. */
const FILE_HEADER_BYTES = 32;
const WORD_BYTES = 4;

/** Fits the smallest partition table (interpreters before 2v26). */
const IMAGE_MAX_BYTES = 120 * 1024;

/** A file's bytes, with length and CRC-32 to verify them. */
export interface Image {
  bytes: Uint8Array;
  length: number;
  crc: number;
}

/** Creates the image of a file. */
export const imageOf = (bytes: Uint8Array): Image => ({ bytes, length: bytes.length, crc: crc32(bytes) });

const textOf = ({ bytes }: Image): string => Buffer.from(bytes).toString('latin1');

/** Whether the board holds exactly these bytes. */
export const matches = (image: Image, state: { length: number; crc: number } | null): boolean =>
  state !== null && state.length === image.length && state.crc >>> 0 === image.crc >>> 0;

/** Formats a CRC-32 as eight hex digits. */
export const crcText = (crc: number): string => (crc >>> 0).toString(16).padStart(8, '0');

/** Bytes that a file of this length occupies in Storage. */
export const storedBytes = (length: number): number => FILE_HEADER_BYTES + Math.ceil(length / WORD_BYTES) * WORD_BYTES;

/** Whether the program needs the module tinyMQTT, which no interpreter has built in. */
export const wantsTinyMqtt = (bundle: Image): boolean => /require\(\s*["'`]tinyMQTT["'`]\s*\)/.test(textOf(bundle));

/** Whether a bundle has the updater: a function on the line below the light. */
export const takesUpdates = (bundle: Image): boolean => /\n\([^\n]+$/.test(textOf(bundle));

/** Whether settings were built into a bundle (`npm run build -- --config FILE`). */
export const hasSettings = (bundle: Image): boolean => /createSettings\(\w+,\{(?!\})/.test(textOf(bundle));

/** The version that a bundle announces when it boots; undefined when it is none of ours. */
export const versionOf = (bundle: Image): string | undefined => /boot light (\S+) on /.exec(textOf(bundle))?.[1];

/**
 * Reads a file of the build.
 * @throws Failure badArguments
 */
export function readBundle(file: string): Image {
  let bundle: Buffer;
  try {
    bundle = readFileSync(file);
  } catch {
    throw failure('badArguments', `${file} cannot be read: run "npm run build" first`);
  }
  if (bundle.length === 0) throw failure('badArguments', `${file} is empty: run "npm run build" again`);
  if (bundle.length > IMAGE_MAX_BYTES) throw failure('badArguments', `${file} is too big for the board's Storage`);
  return imageOf(bundle);
}

/** The programs that the build writes beside the bundle. */
export interface Programs {
  loader: Image;
  setup: Image;
}

/**
 * Reads them.
 * @param dist their folder
 * @throws Failure badArguments
 */
export const readPrograms = (dist: string): Programs => ({
  loader: readBundle(path.join(dist, 'loader.js')),
  setup: readBundle(path.join(dist, 'setup.js')),
});

/** Makes the file that the interpreter runs at boot. */
export const bootFile = ({ bytes }: Image): Image => imageOf(Buffer.concat([Buffer.from(COMMENT), bytes]));
