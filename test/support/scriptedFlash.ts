// The Storage of a scripted board: files in the order in which they lie, and power cuts in the middle of it.

import { createStorage } from '../../sim/board/storage.ts';

/** Storage spends this on each file. */
const FILE_HEADER_BYTES = 32;

/** A byte of flash that nothing was written to. */
export const ERASED = '\xff';

/** How the flash misbehaves; changeable while it is used. */
export interface FlashFaults {
  /** The power goes at this write or compaction, counted from 1: half of a write arrives; of a compaction nothing survives. */
  powerCutAtWrite?: number;
  /** The power goes in the next compaction. */
  powerCutInCompaction?: boolean;
  /** Called in the middle of a compaction. */
  onCompaction?: () => void;
  /** The flash forgets what is written to this file. */
  lostFile?: string;
}

/**
 * Creates the Storage.
 * @param onPowerCut what else a power cut does
 */
export function createScriptedFlash(
  options: { sizeBytes: number; files: Record<string, string> },
  faults: FlashFaults,
  onPowerCut: () => void,
) {
  const { sizeBytes } = options;
  const storage = createStorage(options);
  let writes = 0;

  function cutPower(): never {
    onPowerCut();
    throw new Error('power cut');
  }

  /** A file that is replaced becomes trash, and the new one lies behind all others. */
  function write(name: string, data: string, offset = 0, size = 0): boolean {
    writes += 1;
    if (faults.lostFile === name) return true;
    const old = storage.read(name);
    if (offset === 0 && old !== undefined && old !== data) storage.erase(name);
    if (writes !== faults.powerCutAtWrite) return storage.write(name, data, offset, size);
    // The chip writes whole words; what was not reached stays erased.
    const half = data.slice(0, Math.floor(data.length / 8) * 4);
    if (half !== '' || offset === 0) storage.write(name, half || ERASED, offset, size || data.length);
    return cutPower();
  }

  function trashBytes(): number {
    const kept = storage.list().map((name) => FILE_HEADER_BYTES + Math.ceil((storage.read(name)?.length ?? 0) / 4) * 4);
    return sizeBytes - storage.getFree() - kept.reduce((sum, size) => sum + size, 0);
  }

  /** Pages are erased before they are written anew: at the next boot the interpreter finds Storage corrupt, and erases it. */
  function compact(): void {
    if (trashBytes() === 0) return;
    writes += 1;
    faults.onCompaction?.();
    if (!faults.powerCutInCompaction && writes !== faults.powerCutAtWrite) return storage.compact();
    delete faults.powerCutInCompaction;
    storage.eraseAll();
    cutPower();
  }

  return {
    /** The files, for a test to look at. */
    storage,
    trashBytes,
    /** `require("Storage")` */
    module: {
      ...storage,
      write,
      compact,
      getStats: () => ({ freeBytes: storage.getFree(), trashBytes: trashBytes(), totalBytes: sizeBytes }),
    },
  };
}
