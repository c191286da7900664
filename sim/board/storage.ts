// The flash files of the chip: they survive power cycles, use up the flash with each new file, and can be cut short by a power cut.

import { createFlashMedium, ERASED, occupied, type FlashFile } from './flashMedium.ts';
import { parseLaxJson, stringifyBrief, type JsonRealm } from './json.ts';

/** Longer names are cut, silently: two long names with one beginning are one file. */
const NAME_CHARS = 28;

/** 896 kB of flash for files (ESP32 builds from 2v26). */
const DEFAULT_SIZE_BYTES = 896 * 1024;

/** What a power cut in the middle of a write leaves behind: of a file, or of the bytes that were to be written in place. */
export type TornWrite = 'old' | 'nothing' | 'truncated';

/** Options of a flash. */
export interface StorageOptions {
  sizeBytes?: number;
  /** Files that are there already; name to content, one char per byte. */
  files?: Record<string, string>;
}

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

const nameOf = (name: unknown): string => String(name).slice(0, NAME_CHARS);

const isErased = (data: string): boolean => [...data].every((byte) => byte === ERASED);

/** A part of a file replaced. */
const patched = (data: string, bytes: string, offset: number): string =>
  data.slice(0, offset) + bytes + data.slice(offset + bytes.length);

/** Thrown through the firmware when a scripted power cut strikes: nothing after it runs. */
export class PowerCut extends Error {}

interface Cut {
  /** Any file when undefined. */
  name?: string;
  leaves: TornWrite;
  /** Writes until it strikes; 1 is the next. */
  countdown: number;
}

/** Creates the flash of one chip. The object survives what the chip suffers: give the same one to the board after a power cycle. */
export function createStorage({ sizeBytes = DEFAULT_SIZE_BYTES, files = {} }: StorageOptions = {}) {
  const medium = createFlashMedium(
    sizeBytes,
    Object.fromEntries(Object.entries(files).map(([name, data]) => [nameOf(name), data])),
  );
  const writes: { name: string; data: string }[] = [];
  let realm: JsonRealm | undefined;
  let cut: Cut | undefined;
  let onCut: () => void = () => {};
  let onCompact: (ms: number) => void = () => {};
  let isCorrupt = false;

  /** Counts a write; gives what it leaves if the power goes in the middle of it. */
  function strike(name: string): TornWrite | undefined {
    if (!cut || (cut.name !== undefined && cut.name !== name)) return undefined;
    cut.countdown -= 1;
    if (cut.countdown > 0) return undefined;
    const { leaves } = cut;
    cut = undefined;
    return leaves;
  }

  function cutPower(): never {
    onCut();
    throw new PowerCut('power cut during a write');
  }

  /** Pages are erased before they are written again: who loses power meanwhile loses everything. */
  function corrupt(): void {
    medium.eraseAll();
    isCorrupt = true;
  }

  function compact(torn?: TornWrite): void {
    const ms = medium.compact();
    if (ms === 0) return;
    if (torn === undefined) return onCompact(ms);
    corrupt();
    cutPower();
  }

  /** Makes a file of so many erased bytes behind everything else, after a compaction if it must be. */
  function create(name: string, size: number, torn: TornWrite | undefined): FlashFile {
    if (occupied(size) > medium.free() && medium.wouldFit(size)) compact(torn);
    if (torn === 'nothing') cutPower();
    if (occupied(size) > medium.free()) throw new Error('Unable to find or create file');
    medium.append(name, ERASED.repeat(size));
    return medium.find(name) as FlashFile;
  }

  /** The file that the bytes go to: the one that is there, or a new one in its place. */
  function target(name: string, size: number, offset: number, torn: TornWrite | undefined): FlashFile {
    const old = medium.find(name);
    if (offset > 0 && !old) throw new Error('Unable to find or create file');
    if (old && (offset > 0 || (old.data.length === size && isErased(old.data)))) return old;
    if (torn === 'old') cutPower();
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
    const torn = strike(name);
    const file = target(name, size, offset, torn);
    if (offset + bytes.length > file.data.length) throw new Error('Too much data for file size');
    if (!isErased(file.data.slice(offset, offset + bytes.length)))
      throw new Error('File already written with different data');
    program(file, bytes, offset, torn);
    return true;
  }

  /** Turns erased bytes into data; of a torn write the first half arrives, and of a single byte all or nothing. */
  function program(file: FlashFile, bytes: string, offset: number, torn: TornWrite | undefined): void {
    const arrived = { old: 0, nothing: 0, truncated: Math.max(1, Math.floor(bytes.length / 2)) };
    file.data = patched(file.data, torn ? bytes.slice(0, arrived[torn]) : bytes, offset);
    if (torn) cutPower();
    writes.push({ name: file.name, data: file.data });
  }

  function erase(name: unknown): void {
    const old = medium.find(nameOf(name));
    if (old) old.isTrash = true;
  }

  function read(name: unknown, offset = 0, length = 0): string | undefined {
    return medium.find(nameOf(name))?.data.slice(offset, length > 0 ? offset + length : undefined);
  }

  function readJSON(name: unknown, noExceptions?: boolean): unknown {
    const text = read(name);
    if (text === undefined) return undefined;
    try {
      return parseLaxJson(text, { bareKeys: true, ...(realm ? { realm } : {}) });
    } catch (error) {
      if (noExceptions) return undefined;
      throw error;
    }
  }

  return {
    read,
    readJSON,
    write,
    writeJSON: (name: unknown, value: unknown): boolean => write(name, stringifyBrief(value)),
    erase,
    eraseAll: medium.eraseAll,
    list: (filter?: RegExp): string[] =>
      medium
        .live()
        .map((file) => file.name)
        .filter((name) => !filter || filter.test(name)),
    /** What lies behind the last file: trash does not count. */
    getFree: medium.free,
    getStats: medium.stats,
    compact(): void {
      compact(strike(''));
    },
    /** Every write that wore the flash, oldest first, with the file after it: identical data is not among them. */
    writes,
    compactions: medium.compactions,
    consumedBytes: medium.consumedBytes,
    isGarbled: medium.isGarbled,
    /** Puts a file there as a flash tool would: it is no write of the firmware. */
    install(name: string, data: string): void {
      medium.place(nameOf(name), data);
    },
    /** Leaves so many bytes free: the rest is trash, or a file. What is installed later lies behind it. */
    fill(leaveBytes: number, kind: 'trash' | 'file' = 'trash'): void {
      medium.fill('filler', leaveBytes, kind === 'trash');
    },
    /** The power goes in the middle of the next write to `name`, which leaves the old file, none, or a torn one. */
    cutPowerDuring(name: string, leaves: TornWrite): void {
      cut = { name: nameOf(name), leaves, countdown: 1 };
    },
    /** The power goes in the middle of the `nth` write from now, counted from 1, whatever the file; a write that compacts costs everything. */
    cutPowerAt(nth: number, leaves: TornWrite = 'truncated'): void {
      cut = { leaves, countdown: nth };
    },
    /** The chip starts; gives what the interpreter says of its flash, if anything. */
    boot(): string | undefined {
      medium.boot();
      const wasCorrupt = isCorrupt;
      isCorrupt = false;
      return wasCorrupt ? 'Storage is corrupt. Erasing Storage Area...' : undefined;
    },
    /** The text of a program that now runs from this flash: its functions have no copy in RAM. */
    program(text: string): void {
      for (const file of medium.live()) if (file.data === text) medium.run(file);
    },
    /** The power is gone in the middle of a compaction. */
    corrupt,
    /** Whose objects `readJSON` makes. */
    useRealm(next: JsonRealm): void {
      realm = next;
    },
    /** Called when such a power cut strikes. */
    onPowerCut(listener: () => void): void {
      onCut = listener;
    },
    /** Called after a compaction with the chip milliseconds that it takes. */
    onCompact(listener: (ms: number) => void): void {
      onCompact = listener;
    },
  };
}

/** The flash of one chip, with the firmware's `require("Storage")` among its methods. */
export type VirtualStorage = ReturnType<typeof createStorage>;
