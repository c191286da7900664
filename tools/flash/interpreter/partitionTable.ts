// Reads a partition table of ESP-IDF.

import { createHash } from 'node:crypto';

/** A part of the flash. */
export interface Partition {
  label: string;
  /** 0 for programs, 1 for data. */
  type: number;
  subtype: number;
  address: number;
  length: number;
}

const ENTRY_BYTES = 32;
const ENTRY_MAGIC = 0x50aa;
const MD5_MAGIC = 0xebeb;
const END_MAGIC = 0xffff;

/** In an entry with a checksum, of all entries before it. */
const MD5_OFFSET = 16;

function partitionAt(table: Buffer, at: number): Partition {
  return {
    label: table.toString('latin1', at + 12, at + 28).replace(/\0.*$/s, ''),
    type: table[at + 2]!,
    subtype: table[at + 3]!,
    address: table.readUInt32LE(at + 4),
    length: table.readUInt32LE(at + 8),
  };
}

/** Lists the partitions; undefined when this is no partition table, or a damaged one. */
export function readPartitions(bytes: Uint8Array): Partition[] | undefined {
  const table = Buffer.from(bytes);
  const partitions: Partition[] = [];
  for (let at = 0; at + ENTRY_BYTES <= table.length; at += ENTRY_BYTES) {
    const magic = table.readUInt16LE(at);
    if (magic === END_MAGIC) break;
    if (magic === MD5_MAGIC) {
      const sum = createHash('md5').update(table.subarray(0, at)).digest();
      if (!sum.equals(table.subarray(at + MD5_OFFSET, at + ENTRY_BYTES))) return undefined;
    } else if (magic === ENTRY_MAGIC) partitions.push(partitionAt(table, at));
    else return undefined;
  }
  return partitions.length > 0 ? partitions : undefined;
}
