// What the page installs on each chip: the interpreter's parts, and a Storage with the light in it.

import { wrongArchive } from '../flash/interpreter/archive.ts';
import type { Chip } from '../flash/interpreter/chips.ts';
import { fitToFlash } from '../flash/interpreter/espImage.ts';
import type { FlashPart, Interpreter } from '../flash/interpreter/interpreters.ts';
import type { WantedFile } from '../flash/contents.ts';
import { storageImage } from './storageImage.ts';

/** All parts for one chip. */
export interface Build {
  /** The chip's name, as ESP Web Tools knows it. */
  chip: string;
  /** In a folder of this name. */
  folder: string;
  parts: FlashPart[];
}

/** The part with the light, and with its settings where they are published. */
export const STORAGE_PART = 'storage.bin';

/** Names a chip's folder in the page. */
export const folderOf = (chip: Chip): string => chip.name.toLowerCase().replace('-', '');

/** ESP Web Tools writes a boot loader as it is: so it gets the size that the interpreter uses, which every larger flash has. */
function forAnyFlash({ bootLoader, flashBytes }: Interpreter): FlashPart {
  const usedBytes = 2 ** Math.ceil(Math.log2(flashBytes));
  return { ...bootLoader, bytes: fitToFlash(bootLoader.bytes, usedBytes) };
}

/**
 * Builds what is installed on a chip.
 * @param archive named in the message
 * @throws Failure badArguments or noSpace
 */
export function buildFor(interpreter: Interpreter, files: WantedFile[], archive: string): Build {
  const { chip, table, program, storage } = interpreter;
  if (!storage) throw wrongArchive(archive, `${table.name} has no Storage: it is older than 2v26`);
  const light = { name: STORAGE_PART, address: storage.address, bytes: storageImage(files, storage.length) };
  return { chip: chip.name, folder: folderOf(chip), parts: [forAnyFlash(interpreter), table, program, light] };
}
