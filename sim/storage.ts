// The flash files of the chip: they survive power cycles, wear with each write, and can be cut short by a power cut.

import { parseLaxJson, stringifyBrief, type JsonRealm } from './json.ts';

/** Longer names are cut, silently: two long names with one beginning are one file. */
const NAME_CHARS = 28;

/** 896 kB of flash for files (ESP32 builds from 2v26). */
const DEFAULT_SIZE_BYTES = 896 * 1024;

/** Each file costs a header; and lengths are rounded up to words. */
const HEADER_BYTES = 32;
const WORD_BYTES = 4;

/** What a power cut in the middle of a write leaves behind. */
export type TornWrite = 'old' | 'nothing' | 'truncated';

/** Options of a flash. */
export interface StorageOptions {
  sizeBytes?: number;
  /** Files that are there already; name to content, one char per byte. */
  files?: Record<string, string>;
}

/** What a value becomes when it is written: objects as JSON, numbers and arrays as bytes. */
function bytesOf(data: unknown): string {
  if (data === undefined || data === null) throw new Error("Can't get pointer to data to write");
  if (typeof data === 'string') return data;
  if (typeof data === 'number') return String.fromCharCode(data & 0xff);
  if (Array.isArray(data) || ArrayBuffer.isView(data))
    return String.fromCharCode(...Array.from(data as unknown as number[], (byte) => byte & 0xff));
  return typeof data === 'object' ? JSON.stringify(data) : String(data);
}

const occupied = (data: string): number => HEADER_BYTES + Math.ceil(data.length / WORD_BYTES) * WORD_BYTES;

/** Thrown through the firmware when a scripted power cut strikes: nothing after it runs. */
export class PowerCut extends Error {}

/** Creates the flash of one chip. The object survives what the chip suffers: give the same one to the board after a power cycle. */
export function createStorage({ sizeBytes = DEFAULT_SIZE_BYTES, files = {} }: StorageOptions = {}) {
  const contents = new Map(Object.entries(files).map(([name, data]) => [name.slice(0, NAME_CHARS), data]));
  const writes: { name: string; data: string }[] = [];
  let realm: JsonRealm | undefined;
  let cut: { name: string; leaves: TornWrite } | undefined;
  let onCut: () => void = () => {};

  let trashBytes = 0;

  const nameOf = (name: unknown): string => String(name).slice(0, NAME_CHARS);

  function getFree(): number {
    let free = sizeBytes - trashBytes;
    for (const data of contents.values()) free -= occupied(data);
    return free;
  }

  /** Leaves the flash as the power cut found it, and lets the board die. */
  function tear(name: string, data: string, leaves: TornWrite): never {
    cut = undefined;
    if (leaves !== 'old') contents.delete(name);
    if (leaves === 'truncated')
      contents.set(name, data.slice(0, Math.floor(data.length / 2)) + '\xff'.repeat(Math.ceil(data.length / 2)));
    onCut();
    throw new PowerCut('power cut during a write');
  }

  /** Replaces a part of a file; bytes of a new file that were not written are 0xFF, as erased flash is. */
  function patched(name: string, data: string, offset: number, size: number): string {
    const old = (offset ? (contents.get(name) ?? '') : '').padEnd(size || offset + data.length, '\xff');
    return old.slice(0, offset) + data + old.slice(offset + data.length);
  }

  /** The old copy stays in the flash as trash; a full flash is compacted before it refuses. */
  function makeRoom(neededBytes: number): void {
    if (neededBytes > getFree()) trashBytes = 0;
    if (neededBytes > getFree()) throw new Error('Unable to find or create file');
  }

  function write(rawName: unknown, data: unknown, offset = 0, size = 0): boolean {
    const name = nameOf(rawName);
    const text = bytesOf(data);
    const old = contents.get(name);
    if (text === '') throw new Error("Can't create zero length file");
    if (offset + text.length > (offset ? (old?.length ?? 0) : size || Infinity))
      throw new Error('Too much data for file size');
    const next = offset || size ? patched(name, text, offset, size) : text;
    if (old === next) return true;
    makeRoom(occupied(next));
    if (cut?.name === name) tear(name, next, cut.leaves);
    writes.push({ name, data: next });
    if (old !== undefined && !offset) trashBytes += occupied(old);
    contents.set(name, next);
    return true;
  }

  function erase(name: unknown): void {
    const old = contents.get(nameOf(name));
    if (old !== undefined) trashBytes += occupied(old);
    contents.delete(nameOf(name));
  }

  function readJSON(name: unknown, noExceptions?: boolean): unknown {
    const text = contents.get(nameOf(name));
    if (text === undefined) return undefined;
    try {
      return parseLaxJson(text, { bareKeys: true, ...(realm ? { realm } : {}) });
    } catch (error) {
      if (noExceptions) return undefined;
      throw error;
    }
  }

  function list(filter?: RegExp): string[] {
    return [...contents.keys()].filter((name) => !filter || filter.test(name));
  }

  return {
    read: (name: unknown, offset = 0, length?: number): string | undefined =>
      contents.get(nameOf(name))?.slice(offset, length === undefined ? undefined : offset + length),
    readJSON,
    write,
    writeJSON: (name: unknown, value: unknown): boolean => write(name, stringifyBrief(value)),
    erase,
    eraseAll: (): void => {
      contents.clear();
      trashBytes = 0;
    },
    list,
    getFree,
    compact: (): void => {
      trashBytes = 0;
    },
    /** Every write that wore the flash, oldest first: identical data is not among them. */
    writes,
    /** Puts a file there as a flash tool would: it is no write of the firmware. */
    install(name: string, data: string): void {
      contents.set(nameOf(name), data);
    },
    /** The power goes in the middle of the next write to `name`, which leaves the old file, none, or a torn one. */
    cutPowerDuring(name: string, leaves: TornWrite): void {
      cut = { name: nameOf(name), leaves };
    },
    /** Whose objects `readJSON` makes. */
    useRealm(next: JsonRealm): void {
      realm = next;
    },
    /** Called when such a power cut strikes. */
    onPowerCut(listener: () => void): void {
      onCut = listener;
    },
  };
}

/** The flash of one chip, with the firmware's `require("Storage")` among its methods. */
export type VirtualStorage = ReturnType<typeof createStorage>;
