// The owner's side of updates, for tests: signs messages for one board, seals settings, and cuts images into chunks.

import { createCipheriv, createHash, createHmac, randomBytes } from 'node:crypto';

/** Bytes of a whole chunk. */
export const CHUNK_BYTES = 768;

/** A key file: 32 bytes for HMAC-SHA256, then 32 for AES-256. */
export const createKey = (): Buffer => randomBytes(64);

export const sha256 = (text: string): string => createHash('sha256').update(text, 'latin1').digest('hex');

/** Tag and text, one char per byte. */
export function signed(key: Buffer, text: string): string {
  const end = Buffer.from([0, 0, 0, 1]);
  const tag = createHmac('sha256', key.subarray(0, 32)).update(Buffer.from(text, 'latin1')).update(end).digest('hex');
  return tag + text;
}

/** The text of an offer. */
export const offerText = (counter: number, image: string, version: string): string =>
  `firmware ${counter} ${image.length} ${sha256(image)} ${version}`;

/** The text of new settings. */
export function settingsText(key: Buffer, counter: number, settings: object | string): string {
  const json = typeof settings === 'string' ? settings : JSON.stringify(settings);
  const bytes = Buffer.from(json, 'utf8');
  const padded = Buffer.concat([bytes, Buffer.alloc((16 - (bytes.length % 16)) % 16, ' ')]);
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', key.subarray(32), iv).setAutoPadding(false);
  const sealed = Buffer.concat([iv, cipher.update(padded), cipher.final()]);
  return `settings ${counter} ${sealed.toString('latin1')}`;
}

/** Topic and payload of each chunk of an image, in order. */
export function chunksOf(image: string): { topic: string; payload: string }[] {
  const count = Math.ceil(image.length / CHUNK_BYTES);
  return Array.from({ length: count }, (_, number) => ({
    topic: `light/firmware/${sha256(image)}/${number}`,
    payload: image.slice(number * CHUNK_BYTES, (number + 1) * CHUNK_BYTES),
  }));
}
