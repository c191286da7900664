// Finds the interpreters in an archive, and checks all their parts before anything is written.

import { listBinaries, wrongArchive, type Binary } from './archive.ts';
import { CHIPS, PAGE_BYTES, TABLE_ADDRESS, type Chip } from './chips.ts';
import { imageChipId, imageComplaint } from './espImage.ts';
import { readPartitions, type Partition } from './partitionTable.ts';

/** Bytes for an address in flash. */
export interface FlashPart {
  name: string;
  address: number;
  bytes: Uint8Array;
}

/** The interpreter for one chip. */
export interface Interpreter {
  chip: Chip;
  bootLoader: FlashPart;
  table: FlashPart;
  program: FlashPart;
  /** Where the interpreter keeps its files; absent in tables of old builds. */
  storage?: Partition;
  /** The flash must have so many bytes. */
  flashBytes: number;
}

/** Names in Espruino's builds. */
const BOOT_LOADER = 'bootloader.bin';
const TABLE = /^(partitions_espruino|partition-table)\.bin$/i;
const PROGRAM = /^espruino.*esp32.*\.bin$/i;

const [PROGRAM_TYPE, FACTORY_SUBTYPE] = [0, 0];
const STORAGE_LABEL = 'storage';

const kB = (bytes: number): string => `${Math.ceil(bytes / 1024)} kB`;

const chipOf = (image: Uint8Array): Chip | undefined => CHIPS.find(({ imageId }) => imageId === imageChipId(image));

/** Reads an image and says which chip it is for. */
function readProgram(path: string, { name, read }: Binary): { bytes: Uint8Array; chip: Chip } {
  const bytes = read();
  const wrong = imageComplaint(bytes);
  if (wrong) throw wrongArchive(path, `${name} is ${wrong}`);
  const chip = chipOf(bytes);
  if (!chip) throw wrongArchive(path, `${name} is for another chip than ${CHIPS.map((one) => one.name).join(', ')}`);
  return { bytes, chip };
}

/** Finds the binary with a name, the only one in its folder. */
function only(path: string, files: Binary[], pattern: RegExp, example: string): Binary {
  const [found, another] = files.filter(({ name }) => pattern.test(name));
  if (!found) throw wrongArchive(path, `${example} is missing beside ${BOOT_LOADER}`);
  if (another) throw wrongArchive(path, `it holds ${found.name} and ${another.name}: leave only one there`);
  return found;
}

function refuseLarge(path: string, { name, bytes }: FlashPart, roomBytes: number): void {
  if (bytes.length > roomBytes)
    throw wrongArchive(path, `${name} has ${kB(bytes.length)}, and there is room for ${kB(roomBytes)}`);
}

/** Reads and checks what lies in one folder of the archive. */
function interpreterIn(path: string, files: Binary[]): Interpreter {
  const tableFile = only(path, files, TABLE, 'partitions_espruino.bin or partition-table.bin');
  const programFile = only(path, files, PROGRAM, 'espruino_esp32.bin (or -esp32c3, -esp32s3)');
  const loader = readProgram(path, only(path, files, /^bootloader\.bin$/i, BOOT_LOADER));
  const program = readProgram(path, programFile);
  const { chip } = program;
  if (loader.chip !== chip)
    throw wrongArchive(path, `${programFile.name} is for the ${chip.name}, ${BOOT_LOADER} for the ${loader.chip.name}`);
  const table = { name: tableFile.name, address: TABLE_ADDRESS, bytes: tableFile.read() };
  const partitions = readPartitions(table.bytes);
  if (!partitions) throw wrongArchive(path, `${table.name} is no partition table`);
  const factory = partitions.find(({ type, subtype }) => type === PROGRAM_TYPE && subtype === FACTORY_SUBTYPE);
  if (!factory) throw wrongArchive(path, `${table.name} has no place for the interpreter`);
  const found: Interpreter = {
    chip,
    bootLoader: { name: BOOT_LOADER, address: chip.bootLoaderAddress, bytes: loader.bytes },
    table,
    program: { name: programFile.name, address: factory.address, bytes: program.bytes },
    storage: partitions.find(({ label }) => label === STORAGE_LABEL),
    flashBytes: Math.max(...partitions.map(({ address, length }) => address + length)),
  };
  refuseLarge(path, found.bootLoader, TABLE_ADDRESS - chip.bootLoaderAddress);
  refuseLarge(path, found.table, PAGE_BYTES);
  refuseLarge(path, found.program, factory.length);
  return found;
}

/**
 * Reads the interpreters in a zip archive or a folder, at most one for each chip.
 * @throws Failure badArguments, which names the part that is wrong
 */
export function readInterpreters(path: string): Interpreter[] {
  const binaries = listBinaries(path);
  const folders = new Set(
    binaries.filter(({ name }) => name.toLowerCase() === BOOT_LOADER).map(({ folder }) => folder),
  );
  if (folders.size === 0) throw wrongArchive(path, `no interpreter for an ESP32 in it (no ${BOOT_LOADER})`);
  const found = [...folders].map((folder) =>
    interpreterIn(
      path,
      binaries.filter((binary) => binary.folder === folder),
    ),
  );
  const twice = found.find(({ chip }, index) => found.findIndex((other) => other.chip === chip) < index);
  if (twice) throw wrongArchive(path, `two interpreters for the ${twice.chip.name}: name the folder of one`);
  return found;
}

/** What lies between table and interpreter, erased: another program may have left there which of its copies to boot. */
export function blankOf({ table, program }: Interpreter): FlashPart {
  const address = table.address + PAGE_BYTES;
  return { name: 'erased flash', address, bytes: new Uint8Array(program.address - address).fill(0xff) };
}
