// The flash of a scripted chip, written in compressed blocks; as strict as the chip with lengths and checksums.

import { createHash } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import type { ChipName } from './espArchive.ts';

/** Error numbers of the boot loader. */
export const WRONG_FORMAT = 0x05;
const WRONG_CHECKSUM = 0x07;

/** How the flash misbehaves; changeable while it is used. */
export interface FlashChipFaults {
  /** Answers so many questions for a checksum with a wrong one. */
  wrongSums?: number;
}

const SECTOR_BYTES = 0x1000;

/** The ROM's buffer is small, the helper program's is not. */
const [ROM_BLOCK_BYTES, STUB_BLOCK_BYTES] = [0x400, 0x4000];

/** Where a chip finds what it boots. */
const [TABLE_ADDRESS, PROGRAM_ADDRESS] = [0x8000, 0x1_0000];

/** What was in the flash before: no zeros and no ones, so that nothing is right by chance. */
const OLD_BYTE = 0xa5;

/** What the flash must know of its chip. */
interface FlashOptions {
  chip: ChipName;
  flashSize: number;
  isStub(): boolean;
}

/** Creates a flash of 2 to the power of `flashSize` bytes. */
export function createRomFlash({ chip, flashSize, isStub }: FlashOptions, faults: FlashChipFaults) {
  const bytes = Buffer.alloc(2 ** flashSize, OLD_BYTE);
  let upload: { address: number; blocks: Buffer[] } | undefined;
  let blocks = 0;

  /** Erases; the successors of the first chip want one more word from those who have no helper program. */
  function begin(payload: Buffer): number {
    const words = isStub() || chip === 'ESP32' ? 4 : 5;
    if (payload.length !== 4 * words) return WRONG_FORMAT;
    const [length, address] = [payload.readUInt32LE(0), payload.readUInt32LE(12)];
    bytes.fill(0xff, address, Math.ceil((address + length) / SECTOR_BYTES) * SECTOR_BYTES);
    upload = { address, blocks: [] };
    return 0;
  }

  /** Takes a block. */
  function take(payload: Buffer, checksum: number): number {
    const data = payload.subarray(16);
    if (!upload || payload.readUInt32LE(0) !== data.length) return WRONG_FORMAT;
    if (data.length > (isStub() ? STUB_BLOCK_BYTES : ROM_BLOCK_BYTES)) return WRONG_FORMAT;
    if (data.reduce((sum, byte) => sum ^ byte, 0xef) !== checksum) return WRONG_CHECKSUM;
    upload.blocks.push(Buffer.from(data));
    blocks += 1;
    try {
      inflateSync(Buffer.concat(upload.blocks)).copy(bytes, upload.address);
    } catch {
      // More blocks are to come.
    }
    return 0;
  }

  /** Gives the MD5 as the helper program does, in bytes, or as the ROM does, in hex digits. */
  function md5(payload: Buffer): Iterable<number> {
    const [address, length] = [payload.readUInt32LE(0), payload.readUInt32LE(4)];
    const isWrong = (faults.wrongSums ?? 0) > 0;
    if (isWrong) faults.wrongSums = (faults.wrongSums ?? 0) - 1;
    const sum = createHash('md5')
      .update(bytes.subarray(address, address + length + Number(isWrong)))
      .digest();
    return isStub() ? sum : Buffer.from(sum.toString('hex'), 'latin1');
  }

  return {
    ...{ bytes, begin, take, md5 },
    /** Blocks that were taken. */
    blocks: () => blocks,
    /** Whether the chip would find something to boot. */
    holdsInterpreter: (): boolean =>
      bytes[chip === 'ESP32' ? 0x1000 : 0] === 0xe9 && bytes[TABLE_ADDRESS] === 0xaa && bytes[PROGRAM_ADDRESS] === 0xe9,
  };
}
