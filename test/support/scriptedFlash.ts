// The Storage of a scripted board, with power cuts in the middle of a write or a compaction.

import { ERASED } from '../../sim/board/flashMedium.ts';
import { createStorage } from '../../sim/board/storage.ts';

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
  const storage = createStorage(options);
  let writes = 0;
  storage.onPowerCut(onPowerCut);

  function write(name: string, data: string, offset = 0, size = 0): boolean {
    writes += 1;
    if (faults.lostFile === name) return true;
    if (writes !== faults.powerCutAtWrite) return storage.write(name, data, offset, size);
    // The chip writes whole words; what was not reached stays erased.
    const half = data.slice(0, Math.floor(data.length / 8) * 4);
    if (half !== '' || offset === 0) storage.write(name, half || ERASED, offset, size || data.length);
    onPowerCut();
    throw new Error('power cut');
  }

  function compact(): void {
    if (storage.getStats().trashBytes === 0) return;
    writes += 1;
    faults.onCompaction?.();
    if (faults.powerCutInCompaction || writes === faults.powerCutAtWrite) storage.cutPowerAt(1);
    delete faults.powerCutInCompaction;
    storage.compact();
  }

  return {
    /** The files, for a test to look at. */
    storage,
    /** `require("Storage")` */
    module: { ...storage.module, write, compact },
  };
}

/** The Storage of a scripted board. */
export type ScriptedFlash = ReturnType<typeof createScriptedFlash>;
