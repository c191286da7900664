// The flash of one chip: it survives power cycles, and a test can look at it, fill it and cut its power.

import { createFlashMedium } from './flashMedium.ts';
import { createPowerCuts, type TornWrite } from './powerCut.ts';
import { createStorageModule, nameOf } from './storageModule.ts';

export { PowerCut, type TornWrite } from './powerCut.ts';

/** 896 kB of flash for files (ESP32 builds from 2v26). */
const DEFAULT_SIZE_BYTES = 896 * 1024;

/** Options of a flash. */
interface StorageOptions {
  sizeBytes?: number;
  /** Files that are there already; name to content, one char per byte. */
  files?: Record<string, string>;
}

/** Creates the flash of one chip; after a power cycle, give the board the same one. */
export function createStorage({ sizeBytes = DEFAULT_SIZE_BYTES, files = {} }: StorageOptions = {}) {
  const medium = createFlashMedium(sizeBytes);
  const { compactions, consumedBytes, isGarbled } = medium;
  const power = createPowerCuts();
  let onCompact: (ms: number) => void = () => {};
  let isCorrupt = false;

  /** What a power cut in a compaction leaves: pages are erased before they are written again. */
  function corrupt(): void {
    medium.eraseAll();
    isCorrupt = true;
  }

  function onCompacted(ms: number, torn: TornWrite | undefined): void {
    if (torn === undefined) return onCompact(ms);
    corrupt();
    power.cutPower();
  }

  const { module, writes } = createStorageModule({ medium, power, onCompacted });
  for (const [name, data] of Object.entries(files)) medium.place(nameOf(name), data);

  return {
    ...module,
    /** What the firmware gets from `require("Storage")`. */
    module,
    ...{ writes, compactions, consumedBytes, isGarbled, corrupt },
    /** Puts a file there as a flash tool would: it is no write of the firmware. */
    install: (name: string, data: string): void => medium.place(nameOf(name), data),
    /** Leaves so many bytes free: the rest is trash, or a file. What is installed later lies behind it. */
    fill(leaveBytes: number, kind: 'trash' | 'file' = 'trash'): void {
      medium.fill('filler', leaveBytes, kind === 'trash');
    },
    /** Cuts the power in the middle of the next write to `name`, which leaves the old file, none, or a torn one. */
    cutPowerDuring(name: string, leaves: TornWrite): void {
      power.plan({ name: nameOf(name), leaves, writesLeft: 1 });
    },
    /** Cuts the power in the middle of the `nth` write from now, counted from 1, whatever the file; in a compaction everything is lost. */
    cutPowerAt(nth: number, leaves: TornWrite = 'truncated'): void {
      power.plan({ leaves, writesLeft: nth });
    },
    /** Called when the power goes in a write. */
    onPowerCut: power.onCut,
    /** Called after a compaction with the chip milliseconds that it takes. */
    onCompact(listener: (ms: number) => void): void {
      onCompact = listener;
    },
    /** The chip starts; gives what the interpreter says of its flash, if anything. */
    boot(): string | undefined {
      medium.boot();
      const wasCorrupt = isCorrupt;
      isCorrupt = false;
      return wasCorrupt ? 'Storage is corrupt. Erasing Storage Area...' : undefined;
    },
    /** Notes the text of a program that now runs from this flash: its functions have no copy in RAM. */
    run: medium.run,
  };
}

/** The flash of one chip, with the firmware's `require("Storage")` among its methods. */
export type VirtualStorage = ReturnType<typeof createStorage>;
