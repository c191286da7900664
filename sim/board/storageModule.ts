// The interpreter's `require("Storage")`: each new file uses up flash, and bytes are written in place once.

import { ERASED, occupied, type FlashFile, type FlashMedium } from './flashMedium.ts';
import { parseLaxJson, type JsonRealm } from './json.ts';
import type { PowerCuts, TornWrite } from './powerCut.ts';

/** Longer names are cut, silently: two long names with one beginning are one file. */
const NAME_CHARS = 28;

/** A file name as the flash has it. */
export const nameOf = (name: unknown): string => String(name).slice(0, NAME_CHARS);

/** What a value becomes when it is written: numbers and arrays as bytes. */
function bytesOf(data: unknown): string {
  if (data === undefined || data === null) throw new Error("Can't get pointer to data to write");
  if (typeof data === 'string') return data;
  if (typeof data === 'number') return String.fromCharCode(data & 0xff);
  if (Array.isArray(data) || ArrayBuffer.isView(data))
    return String.fromCharCode(...Array.from(data as unknown as number[], (byte) => byte & 0xff));
  return String(data);
}

/** Objects are written as JSON, and always as a whole file. */
const isPlain = (data: unknown): boolean =>
  typeof data === 'object' && data !== null && !Array.isArray(data) && !ArrayBuffer.isView(data);

const isErased = (data: string): boolean => [...data].every((byte) => byte === ERASED);

/** Turns erased bytes into data. Of a torn write the first half arrives, and of a single byte all or nothing. */
function program(file: FlashFile, bytes: string, offset: number, torn: TornWrite | undefined): void {
  const arrives = { old: 0, nothing: 0, truncated: Math.max(1, Math.floor(bytes.length / 2)) };
  const arrived = torn ? bytes.slice(0, arrives[torn]) : bytes;
  file.data = file.data.slice(0, offset) + arrived + file.data.slice(offset + arrived.length);
}

/** What the module needs. */
interface StorageModuleOptions {
  medium: FlashMedium;
  power: PowerCuts;
  /** Called after a compaction with the chip milliseconds that it takes, and with the power cut in it if there is one. */
  onCompacted(ms: number, torn: TornWrite | undefined): void;
}

/** Creates the module over a flash. */
export function createStorageModule({ medium, power, onCompacted }: StorageModuleOptions) {
  /** Every write that wore the flash, oldest first, with the file after it: identical data is not among them. */
  const writes: { name: string; data: string }[] = [];
  const names = (): string[] => medium.live().map((file) => file.name);

  function compact(torn: TornWrite | undefined): void {
    const ms = medium.compact();
    if (ms > 0) onCompacted(ms, torn);
  }

  /** Makes a file of so many erased bytes behind everything else, after a compaction if it must be. */
  function create(name: string, size: number, torn: TornWrite | undefined): FlashFile {
    if (occupied(size) > medium.free() && medium.wouldFit(size)) compact(torn);
    if (torn === 'nothing') power.cutPower();
    if (occupied(size) > medium.free()) throw new Error('Unable to find or create file');
    return medium.append(name, ERASED.repeat(size));
  }

  /** The file that the bytes go to: the one that is there, or a new one in its place. */
  function target(name: string, size: number, offset: number, torn: TornWrite | undefined): FlashFile {
    const old = medium.find(name);
    if (offset > 0 && !old) throw new Error('Unable to find or create file');
    if (old && (offset > 0 || (old.data.length === size && isErased(old.data)))) return old;
    if (torn === 'old') power.cutPower();
    if (old) old.isTrash = true;
    return create(name, size, torn);
  }

  function write(rawName: unknown, data: unknown, rawOffset = 0, rawSize = 0): boolean {
    const name = nameOf(rawName);
    const whole = isPlain(data);
    const bytes = whole ? JSON.stringify(data) : bytesOf(data);
    const offset = whole ? 0 : rawOffset;
    const size = (whole ? 0 : rawSize) || bytes.length;
    if (offset < 0 || size < 0) return false;
    if (size === 0) throw new Error("Can't create zero length file");
    if (offset === 0 && size === bytes.length && medium.find(name)?.data === bytes) return true;
    const torn = power.countWrite(name);
    const file = target(name, size, offset, torn);
    if (offset + bytes.length > file.data.length) throw new Error('Too much data for file size');
    if (!isErased(file.data.slice(offset, offset + bytes.length)))
      throw new Error('File already written with different data');
    program(file, bytes, offset, torn);
    if (torn) power.cutPower();
    writes.push({ name, data: file.data });
    return true;
  }

  function erase(name: unknown): void {
    const old = medium.find(nameOf(name));
    if (old) old.isTrash = true;
  }

  function read(name: unknown, offset = 0, length = 0): string | undefined {
    return medium.find(nameOf(name))?.data.slice(offset, length > 0 ? offset + length : undefined);
  }

  /** @param realm whose objects it makes; the host's by default */
  function readJSON(name: unknown, noExceptions?: boolean, realm?: JsonRealm): unknown {
    const text = read(name);
    if (text === undefined) return undefined;
    try {
      return parseLaxJson(text, { bareKeys: true, ...(realm ? { realm } : {}) });
    } catch (error) {
      if (noExceptions) return undefined;
      throw error;
    }
  }

  const module = {
    ...{ read, readJSON, write, erase },
    eraseAll: medium.eraseAll,
    list: (filter?: RegExp): string[] => names().filter((name) => !filter || filter.test(name)),
    /** What lies behind the last file: trash does not count. */
    getFree: medium.free,
    getStats: medium.stats,
    compact: (): void => compact(power.countWrite('')),
  };
  return { module, writes };
}
