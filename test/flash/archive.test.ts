// Archives with interpreters: right ones in each form, and each wrong one refused in a line before a port is opened.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { EXIT } from '../../tools/flash/exits.ts';
import { fitToFlash, imageComplaint } from '../../tools/flash/interpreter/espImage.ts';
import { blankOf, readInterpreters } from '../../tools/flash/interpreter/interpreters.ts';
import {
  espImage,
  folderOf,
  interpreterFiles,
  partitionTable,
  ROWS,
  zipOf,
  type Files,
} from '../support/espArchive.ts';
import { bundle, file, flash, SETTINGS_ARGV } from '../support/flashing.ts';

const FILES = interpreterFiles();
const RELEASE: Files = {
  ...interpreterFiles('ESP32', 'espruino_2v29/espruino_2v29_esp32'),
  ...interpreterFiles('ESP32-C3', 'espruino_2v29/espruino_2v29_esp32c3'),
  'espruino_2v29/espruino_2v29_esp32.bin': espImage(),
  'espruino_2v29/espruino_2v29_puckjs.hex': Buffer.from('not for us'),
};

const chipsIn = (path: string): string[] => readInterpreters(path).map(({ chip }) => chip.name);

test('finds the interpreter in a zip archive, a folder and a folder of folders', () => {
  assert.deepEqual(chipsIn(zipOf(FILES)), ['ESP32']);
  assert.deepEqual(chipsIn(folderOf(FILES)), ['ESP32']);
  assert.deepEqual(chipsIn(zipOf(interpreterFiles('ESP32-S3', 'espruino_2v29_esp32s3'))), ['ESP32-S3']);
  assert.deepEqual(chipsIn(zipOf(RELEASE)).sort(), ['ESP32', 'ESP32-C3']);
  const unpacked = { ...interpreterFiles('ESP32', 'a'), ...interpreterFiles('ESP32-C3', 'b') };
  assert.deepEqual(chipsIn(folderOf(unpacked)).sort(), ['ESP32', 'ESP32-C3']);
});

test('puts each part where the chip and the partition table want it', () => {
  const addresses = (path: string) => {
    const found = readInterpreters(path)[0]!;
    return [found.bootLoader, found.table, blankOf(found), found.program].map(({ address }) => address);
  };
  assert.deepEqual(addresses(zipOf(FILES)), [0x1000, 0x8000, 0x9000, 0x1_0000]);
  const [nvs, factory, storage] = ROWS;
  const table = partitionTable([nvs!, { ...factory!, address: 0x2_0000 }, storage!]);
  const moved = { ...interpreterFiles('ESP32-C3'), 'partition-table.bin': table };
  assert.deepEqual(addresses(zipOf(moved)), [0x0, 0x8000, 0x9000, 0x2_0000]);
  assert.deepEqual(readInterpreters(zipOf(moved))[0]!.storage?.address, 0x32_0000);
});

const without = (name: string): Files => Object.fromEntries(Object.entries(FILES).filter(([key]) => key !== name));

function damaged(): Files {
  const image = Buffer.from(FILES['espruino_esp32.bin']!);
  image[5_000]! ^= 1;
  return { ...FILES, 'espruino_esp32.bin': image };
}

function damagedTable(): Files {
  const table = partitionTable();
  table[40]! ^= 1;
  return { ...FILES, 'partitions_espruino.bin': table };
}

const [, FACTORY, STORAGE] = ROWS;

const WRONG: { path: string; says: RegExp }[] = [
  { path: '/nowhere/espruino.zip', says: /no such file or folder/ },
  { path: file('espruino.tgz', '\x1f\x8b and so on'), says: /no zip archive; unpack another kind and give its folder/ },
  { path: file('cut.zip', 'PK\x03\x04 and no more'), says: /cannot be read \(/ },
  { path: zipOf({ 'espruino_2v29_puckjs.bin': espImage() }), says: /no interpreter for an ESP32 in it/ },
  { path: folderOf({ 'README.txt': Buffer.from('') }), says: /no interpreter for an ESP32 in it/ },
  {
    path: zipOf(without('partitions_espruino.bin')),
    says: /partitions_espruino\.bin or partition-table\.bin is missing/,
  },
  { path: zipOf(without('espruino_esp32.bin')), says: /espruino_esp32\.bin \(or .*\) is missing/ },
  {
    path: zipOf({ ...FILES, 'espruino_esp32.bin': Buffer.alloc(5_000) }),
    says: /espruino_esp32\.bin is no program for an ESP32 \(it begins with 0x00, not 0xe9\)/,
  },
  { path: zipOf({ ...FILES, 'bootloader.bin': Buffer.alloc(0) }), says: /bootloader\.bin is no program/ },
  {
    path: zipOf({ ...FILES, 'espruino_esp32.bin': FILES['espruino_esp32.bin']!.subarray(0, 9_000) }),
    says: /espruino_esp32\.bin is cut off/,
  },
  { path: zipOf(damaged()), says: /espruino_esp32\.bin is damaged \(its checksum is wrong\)/ },
  {
    path: zipOf({ ...FILES, 'bootloader.bin': espImage({ chip: 'ESP32-S3' }) }),
    says: /espruino_esp32\.bin is for the ESP32, bootloader\.bin for the ESP32-S3/,
  },
  {
    path: zipOf(interpreterFiles('ESP32-S2')),
    says: /bootloader\.bin is for another chip than ESP32, ESP32-C3, ESP32-S3/,
  },
  {
    path: zipOf({ ...FILES, 'espruino-esp32c3.bin': espImage({ chip: 'ESP32-C3' }) }),
    says: /it holds espruino_esp32\.bin and espruino-esp32c3\.bin|it holds espruino-esp32c3\.bin and espruino_esp32\.bin/,
  },
  {
    path: zipOf({ ...interpreterFiles('ESP32', 'a'), ...interpreterFiles('ESP32', 'b') }),
    says: /two interpreters for the ESP32: name the folder of one/,
  },
  {
    path: zipOf({ ...FILES, 'partitions_espruino.bin': Buffer.from('nonsense'.repeat(20)) }),
    says: /no partition table/,
  },
  { path: zipOf(damagedTable()), says: /partitions_espruino\.bin is no partition table/ },
  {
    path: zipOf({ ...FILES, 'partitions_espruino.bin': partitionTable([STORAGE!]) }),
    says: /no place for the interpreter/,
  },
  {
    path: zipOf({ ...FILES, 'partitions_espruino.bin': partitionTable([{ ...FACTORY!, length: 0x8000 }]) }),
    says: /espruino_esp32\.bin has 40 kB, and there is room for 32 kB/,
  },
  {
    path: zipOf({ ...FILES, 'bootloader.bin': espImage({ length: 0x7000 }) }),
    says: /bootloader\.bin has 29 kB, and there is room for 28 kB/,
  },
];

test('refuses each wrong archive in a line that says where to get a right one', async () => {
  for (const { path, says } of WRONG) {
    const port = ['--port', '/dev/nowhere', '--bundle', bundle('1.0.0')];
    const { code, output } = await flash(['--interpreter', path, ...port, ...SETTINGS_ARGV]);
    assert.equal(code, EXIT.badArguments, output);
    assert.match(output, says);
    assert.match(output, /^flash: --interpreter [^\n]+; take the \.zip of Espruino’s latest release from [^\n]+\n$/);
  }
});

test('refuses --interpreter beside an action that does not flash', async () => {
  for (const action of ['--show', '--erase', '--list']) {
    const { code, output } = await flash(['--interpreter', 'x.zip', action]);
    assert.equal(code, EXIT.badArguments);
    assert.match(output, new RegExp(`--interpreter does not go with ${action}`));
  }
});

test('accepts images with and without a SHA-256', () => {
  for (const hasHash of [true, false])
    for (const length of [0, 7, 8, 9, 600]) assert.equal(imageComplaint(espImage({ hasHash, length })), undefined);
});

test('tells a boot loader of a smaller flash, and no other', () => {
  const built = espImage({ flashSize: 3 });
  const fitted = Buffer.from(fitToFlash(built, 4 * 1024 * 1024));
  assert.equal(fitted[3]! >> 4, 2);
  assert.equal(imageComplaint(fitted), undefined, 'its SHA-256 is right again');
  const same = createHash('md5').update(built).digest('hex');
  const larger = fitToFlash(built, 16 * 1024 * 1024);
  assert.equal(createHash('md5').update(larger).digest('hex'), same);
});
