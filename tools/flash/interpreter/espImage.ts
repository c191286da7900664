// The format of a program for an ESP32 chip: its checks, and the size of the flash in its header.
//
// Source: "Firmware Image Format" in Espressif's documentation of esptool.

import { createHash } from 'node:crypto';

const MAGIC = 0xe9;
const SIZE_OFFSET = 3;
const CHIP_ID_OFFSET = 12;
const HASH_FLAG_OFFSET = 23;
const HEADER_BYTES = 24;
const SEGMENT_HEADER_BYTES = 8;

/** The checksum is the last byte of a block of so many bytes. */
const BLOCK_BYTES = 16;
const CHECKSUM_START = 0xef;
const HASH_BYTES = 32;

const MEGABYTE = 1024 * 1024;

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

/**
 * Walks the segments.
 * @returns where the SHA-256 begins, and the checksum of the segments; undefined when the image is cut off
 */
function walk(image: Uint8Array): { end: number; checksum: number } | undefined {
  let at = HEADER_BYTES;
  let checksum = CHECKSUM_START;
  for (let segment = 0; segment < image[1]!; segment += 1) {
    if (at + SEGMENT_HEADER_BYTES > image.length) return undefined;
    const length = viewOf(image).getUint32(at + 4, true);
    const data = image.subarray(at + SEGMENT_HEADER_BYTES, at + SEGMENT_HEADER_BYTES + length);
    for (const byte of data) checksum ^= byte;
    at += SEGMENT_HEADER_BYTES + length;
  }
  const end = (Math.floor(at / BLOCK_BYTES) + 1) * BLOCK_BYTES;
  return end + (hasHash(image) ? HASH_BYTES : 0) > image.length ? undefined : { end, checksum };
}

const hasHash = (image: Uint8Array): boolean => image[HASH_FLAG_OFFSET] === 1;

/** Says what is wrong with an image; undefined when nothing is. */
export function imageComplaint(image: Uint8Array): string | undefined {
  if (image[0] !== MAGIC) return `no program for an ESP32 (it begins with 0x${hex(image[0])}, not 0x${hex(MAGIC)})`;
  const walked = image.length > HEADER_BYTES ? walk(image) : undefined;
  if (!walked) return 'cut off';
  const { end, checksum } = walked;
  const isWhole = !hasHash(image) || sha256(image.subarray(0, end)).equals(image.subarray(end, end + HASH_BYTES));
  return image[end - 1] === checksum && isWhole ? undefined : 'damaged (its checksum is wrong)';
}

const hex = (byte = 0): string => byte.toString(16).padStart(2, '0');

/** Reads the number of the chip that an image is for. */
export const imageChipId = (image: Uint8Array): number => viewOf(image).getUint16(CHIP_ID_OFFSET, true);

/**
 * Adapts a boot loader to a smaller flash than it was built for: with the size in its header, the interpreter would not start.
 * @param flashBytes size of the chip's flash
 */
export function fitToFlash(image: Uint8Array, flashBytes: number): Uint8Array {
  const code = Math.floor(Math.log2(flashBytes / MEGABYTE));
  if (image[SIZE_OFFSET]! >> 4 <= code) return image;
  const fitted = Uint8Array.from(image);
  fitted[SIZE_OFFSET] = (code << 4) | (image[SIZE_OFFSET]! & 0xf);
  const end = walk(fitted)?.end ?? 0;
  if (hasHash(fitted)) fitted.set(sha256(fitted.subarray(0, end)), end);
  return fitted;
}
