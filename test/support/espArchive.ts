// Builds tiny interpreters for tests, in the format of Espruino's releases: images, partition tables, folders and zip archives.

import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { zipSync } from 'fflate';

/** Numbers of the chips in their images. */
export const CHIP_IDS = { ESP32: 0, 'ESP32-S2': 2, 'ESP32-C3': 5, 'ESP32-S3': 9 } as const;

/** A chip of these tests. */
export type ChipName = keyof typeof CHIP_IDS;

/** What an image is to be. */
interface ImageOptions {
  chip?: ChipName;
  /** Bytes of its only segment. */
  length?: number;
  hasHash?: boolean;
  /** The size in its header: 2 to the power of this, in megabytes. */
  flashSize?: number;
}

/** Builds a program that Espressif's tools accept. */
export function espImage({ chip = 'ESP32', length = 600, hasHash = true, flashSize = 2 }: ImageOptions = {}): Buffer {
  const header = Buffer.alloc(24);
  header.set([0xe9, 1, 2, flashSize << 4]);
  header.writeUInt16LE(CHIP_IDS[chip], 12);
  header[23] = Number(hasHash);
  const segment = Buffer.alloc(8 + length);
  segment.writeUInt32LE(0x3ffb0000);
  segment.writeUInt32LE(length, 4);
  // Noise does not shrink when it is compressed: a transfer has several blocks.
  for (let at = 0, noise = length; at < length; at += 1) {
    noise = (Math.imul(noise, 1_103_515_245) + 12_345) >>> 0;
    segment[8 + at] = noise >>> 16;
  }
  const body = Buffer.concat([header, segment, Buffer.alloc(16 - ((24 + 8 + length) % 16))]);
  body[body.length - 1] = segment.subarray(8).reduce((sum, byte) => sum ^ byte, 0xef);
  return hasHash ? Buffer.concat([body, createHash('sha256').update(body).digest()]) : body;
}

/** A row of a partition table. */
interface Row {
  label: string;
  type: number;
  subtype: number;
  address: number;
  length: number;
}

/** The table of Espruino's builds since 2v26, without what nobody reads. */
export const ROWS: Row[] = [
  { label: 'nvs', type: 1, subtype: 2, address: 0x9000, length: 0x6000 },
  { label: 'factory', type: 0, subtype: 0, address: 0x1_0000, length: 0x1f_4000 },
  { label: 'storage', type: 1, subtype: 6, address: 0x32_0000, length: 0xe_0000 },
];

/** Builds a partition table with its checksum. */
export function partitionTable(rows: Row[] = ROWS): Buffer {
  const entries = rows.map(({ label, type, subtype, address, length }) => {
    const entry = Buffer.alloc(32);
    entry.set([0xaa, 0x50, type, subtype]);
    entry.writeUInt32LE(address, 4);
    entry.writeUInt32LE(length, 8);
    entry.write(label, 12, 'latin1');
    return entry;
  });
  const sum = createHash('md5').update(Buffer.concat(entries)).digest();
  const checked = Buffer.concat([...entries, Buffer.from([0xeb, 0xeb]), Buffer.alloc(14, 0xff), sum]);
  return Buffer.concat([checked, Buffer.alloc(0xc00 - checked.length, 0xff)]);
}

/** Files by their paths. */
export type Files = Record<string, Uint8Array>;

const PROGRAM_NAMES = {
  ESP32: 'espruino_esp32.bin',
  'ESP32-S2': 'espruino-esp32s2.bin',
  'ESP32-C3': 'espruino-esp32c3.bin',
  'ESP32-S3': 'espruino-esp32s3.bin',
};

/** Builds the files of an interpreter. */
export function interpreterFiles(chip: ChipName = 'ESP32', folder = ''): Files {
  const at = folder === '' ? '' : `${folder}/`;
  return {
    [`${at}bootloader.bin`]: espImage({ chip, length: 2_000 }),
    [`${at}${chip === 'ESP32' ? 'partitions_espruino' : 'partition-table'}.bin`]: partitionTable(),
    [`${at}${PROGRAM_NAMES[chip]}`]: espImage({ chip, length: 40_000 }),
    [`${at}README_flash.txt`]: Buffer.from('how to flash'),
  };
}

const directory = mkdtempSync(join(tmpdir(), 'interpreter-'));
let made = 0;

/** Writes files to a new folder; returns its path. */
export function folderOf(files: Files): string {
  const path = join(directory, `folder${(made += 1)}`);
  mkdirSync(path);
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), bytes);
  }
  return path;
}

/** Writes files to a new zip archive; returns its path. */
export function zipOf(files: Files): string {
  const path = join(directory, `espruino${(made += 1)}.zip`);
  writeFileSync(path, zipSync(files));
  return path;
}
