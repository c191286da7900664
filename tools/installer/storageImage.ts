// The flash in which Espruino's Storage finds files, as the interpreter would have written them into an empty one.
//
// Source: JsfFileHeader in Espruino's src/jsflash.h. A word holds the length (and flags, 0 for a file), then come the name, padded
// with zeros, and the data; each file begins at a word. The rest is erased.

import { failure } from '../flash/exits.ts';
import type { WantedFile } from '../flash/contents.ts';

const NAME_OFFSET = 4;
const NAME_BYTES = 28;
const HEADER_BYTES = NAME_OFFSET + NAME_BYTES;
const WORD_BYTES = 4;
const ERASED = 0xff;

function record({ name, image }: WantedFile): Buffer {
  if (Buffer.byteLength(name) > NAME_BYTES) throw new Error(`the file name ${name} is longer than ${NAME_BYTES} bytes`);
  const bytes = Buffer.alloc(HEADER_BYTES + Math.ceil(image.length / WORD_BYTES) * WORD_BYTES, ERASED);
  bytes.writeUInt32LE(image.length);
  bytes.fill(0, NAME_OFFSET, HEADER_BYTES);
  bytes.write(name, NAME_OFFSET);
  bytes.set(image.bytes, HEADER_BYTES);
  return bytes;
}

/**
 * Makes a Storage with files, in their order.
 * @param sizeBytes of the whole Storage
 * @throws Failure noSpace
 */
export function storageImage(files: WantedFile[], sizeBytes: number): Buffer {
  const records = Buffer.concat(files.map(record));
  if (records.length > sizeBytes)
    throw failure('noSpace', `the light takes ${records.length} bytes of a Storage that has ${sizeBytes}`);
  return Buffer.concat([records, Buffer.alloc(sizeBytes - records.length, ERASED)]);
}
