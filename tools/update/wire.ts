// What goes to a board: signed messages, encrypted settings, and the image in chunks. docs/updating.md describes the format.

import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';
import type { BoardKeys } from '../keys.ts';

/** A board reads no longer message. */
export const MESSAGE_MAX_BYTES = 1024;

/** A board holds one chunk at a time, and its packets 1 kB. */
export const CHUNK_BYTES = 768;

/** Of the tag, in hex. */
const TAG_CHARS = 64;

const BLOCK_BYTES = 16;

/** What the chip's only HMAC, PBKDF2 with one iteration, adds to the message: the number of the block. */
const FIRST_BLOCK = Buffer.from([0, 0, 0, 1]);

/** Computes the tag of a text: HMAC-SHA256 as the chip does it, in hex. */
export const tagOf = (text: Uint8Array, { signing }: Pick<BoardKeys, 'signing'>): string =>
  createHmac('sha256', signing).update(text).update(FIRST_BLOCK).digest('hex');

const signed = (text: Buffer, keys: BoardKeys): Buffer => Buffer.concat([Buffer.from(tagOf(text, keys)), text]);

/** What a counter is made from; each message needs a higher one than all before it. */
export function createCounter(now: () => number = Date.now): () => number {
  let last = 0;
  return () => (last = Math.max(last + 1, now()));
}

/** An image as the boards fetch it. */
export interface Firmware {
  bytes: Buffer;
  version: string;
  /** SHA-256 in hex. */
  hash: string;
}

export const firmwareOf = (bytes: Uint8Array, version: string): Firmware => ({
  bytes: Buffer.from(bytes),
  version,
  hash: createHash('sha256').update(bytes).digest('hex'),
});

/** The messages that carry an image, by topic. */
export const chunksOf = ({ bytes, hash }: Firmware): { topic: string; payload: Buffer }[] =>
  Array.from({ length: Math.ceil(bytes.length / CHUNK_BYTES) }, (_, n) => ({
    topic: `light/firmware/${hash}/${n}`,
    payload: bytes.subarray(n * CHUNK_BYTES, (n + 1) * CHUNK_BYTES),
  }));

/** Where a board listens. */
export const updateTopic = (name: string): string => `light/${name}/update`;

/** Offers an image. */
export const firmwareMessage = ({ bytes, hash, version }: Firmware, counter: number, keys: BoardKeys): Buffer =>
  signed(Buffer.from(`firmware ${counter} ${bytes.length} ${hash} ${version}`), keys);

/** Asks for the console on the topic `light/<name>/log`, or for a compaction. */
export const requestMessage = (word: 'log' | 'compact', counter: number, keys: BoardKeys): Buffer =>
  signed(Buffer.from(`${word} ${counter}`), keys);

/** How many bytes of settings fit in a message with that counter. */
export const settingsRoom = (counter: number): number => {
  const room = MESSAGE_MAX_BYTES - TAG_CHARS - `settings ${counter} `.length - BLOCK_BYTES;
  return room - (room % BLOCK_BYTES);
};

/**
 * Sends settings, which nobody else can read.
 * @param text JSON, at most `settingsRoom` bytes
 * @param iv random unless a test says otherwise
 */
export function settingsMessage(
  text: Uint8Array,
  counter: number,
  keys: BoardKeys,
  iv: Uint8Array = randomBytes(BLOCK_BYTES),
): Buffer {
  const padded = Buffer.alloc(Math.ceil(text.length / BLOCK_BYTES) * BLOCK_BYTES, ' ');
  padded.set(text);
  const cipher = createCipheriv('aes-256-cbc', keys.encryption, iv).setAutoPadding(false);
  const encrypted = Buffer.concat([cipher.update(padded), cipher.final()]);
  return signed(Buffer.concat([Buffer.from(`settings ${counter} `), iv, encrypted]), keys);
}
