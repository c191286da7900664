// What a board is to hold: the program with all that belongs to it, and the settings.

import { boardKeys, setupPassword } from '../keys.ts';
import type { BoardLink } from './board.ts';
import { fileNamed, readFile, type StorageContents } from './boardStorage.ts';
import { freshBootLog, readBootLog, type BootState } from './bootLog.ts';
import { bootFile, imageOf, matches, takesUpdates, type Image, type Programs } from '../image.ts';
import {
  BOOT_LOG_FILE,
  COUNTER_FILES,
  ERROR_FILE,
  KEY_FILE,
  OFFER_FILE,
  PROGRAM_FILE,
  SETUP_FILE,
  SETUP_PASSWORD_FILE,
  SLOT_FILES,
  TRIAL_FILE,
} from './onBoard.ts';

/** Flash that an update leaves free, and what it needs beside the slot. */
const SPARE_BYTES = 4_096;
const FILES_BYTES = 512;

/** Size of each log of the light (src/byteLog.ts). */
const COUNTER_BYTES = 512;

/** A file to write to the board. */
export interface WantedFile {
  name: string;
  image: Image;
}

/** All that a board is to hold. */
export interface Contents {
  /** Files that are installed as one; first the one that the interpreter runs at boot, which must lie first in the flash. */
  program: WantedFile[];
  others: WantedFile[];
  /** Files of another kind of program. */
  unwanted: string[];
}

/** What makes a bundle one that takes updates. */
export interface Updates extends Programs {
  /** The owner's master key. */
  master: Buffer;
}

/** Contents of a board on which the bundle runs alone, without updates. */
export const aloneContents = (bundle: Image): Contents => ({
  program: [{ name: PROGRAM_FILE, image: bootFile(bundle) }],
  others: [],
  unwanted: [
    ...Object.values(SLOT_FILES),
    ...[BOOT_LOG_FILE, TRIAL_FILE, OFFER_FILE, KEY_FILE, SETUP_FILE, SETUP_PASSWORD_FILE, ERROR_FILE],
  ],
});

const rawFile = (name: string, bytes: Uint8Array): WantedFile => ({ name, image: imageOf(bytes) });

/** The program of a board that takes updates. */
const slotted = (bundle: Image, loader: Image): WantedFile[] => [
  { name: PROGRAM_FILE, image: bootFile(loader) },
  { name: SLOT_FILES.a, image: bundle },
  { name: BOOT_LOG_FILE, image: freshBootLog() },
];

/**
 * Lists the files for boards whose serial numbers nobody knows yet. Without keys they take no updates over the air, and without a
 * password they open no access point: they are set up by Improv.
 */
export const filesForAnyBoard = (bundle: Image, { loader, setup }: Programs): WantedFile[] => [
  ...(takesUpdates(bundle) ? slotted(bundle, loader) : aloneContents(bundle).program),
  { name: SETUP_FILE, image: setup },
];

/**
 * Contents of a board that takes updates.
 * @param serial the board's `getSerial()`
 */
export function updatableContents(bundle: Image, { loader, setup, master }: Updates, serial: string): Contents {
  const { signing, encryption } = boardKeys(master, serial);
  return {
    program: slotted(bundle, loader),
    others: [
      rawFile(KEY_FILE, Buffer.concat([signing, encryption])),
      { name: SETUP_FILE, image: setup },
      rawFile(SETUP_PASSWORD_FILE, Buffer.from(setupPassword(master, serial))),
    ],
    unwanted: [SLOT_FILES.b, TRIAL_FILE, OFFER_FILE, ERROR_FILE],
  };
}

/**
 * The counter of a board that has none, as src/update/counter.ts writes it: messages that somebody has recorded before are old then,
 * also on a board that was erased.
 */
export function counterFile(now: number): WantedFile {
  const bytes = Buffer.alloc(COUNTER_BYTES, 0xff);
  bytes.write(` ${now}.|`);
  return rawFile(`${COUNTER_FILES}0`, bytes);
}

/** Reads the board's boot log; undefined when there is none. */
export async function bootStateOf(board: BoardLink, holding: StorageContents): Promise<BootState | undefined> {
  const log = fileNamed(holding, BOOT_LOG_FILE);
  return log && readBootLog((await readFile(board, log)).bytes);
}

/**
 * How many updates have room, as the light counts them (src/info.ts): each leaves a slot as trash, which nothing but a flash or a
 * compaction removes.
 */
export function updatesLeft(holding: StorageContents, slot: 'a' | 'b'): number {
  const { length = 0 } = fileNamed(holding, SLOT_FILES[slot]) ?? {};
  return Math.max(0, Math.floor((holding.free - SPARE_BYTES) / (length + FILES_BYTES)));
}

/**
 * Whether the board runs the program already, and nothing else is on its way: the bundle may be in either slot, with marks of later
 * trials in the boot log.
 */
export async function runsProgram(board: BoardLink, holding: StorageContents, contents: Contents): Promise<boolean> {
  const holds = (name: string, { image }: WantedFile) => matches(image, fileNamed(holding, name) ?? null);
  const [first, bundle] = contents.program;
  if (!holds(PROGRAM_FILE, first!)) return false;
  if (!bundle) return !contents.unwanted.some((name) => fileNamed(holding, name));
  const state = await bootStateOf(board, holding);
  if (!state?.isSettled || !state.hasRoom || fileNamed(holding, OFFER_FILE) || fileNamed(holding, TRIAL_FILE))
    return false;
  return holds(SLOT_FILES[state.slot], bundle);
}
