// Writes small files to the flash without ever compacting it. `Storage.write` compacts when only trash is left to use: that garbles
// the program that runs from flash, and a power cut meanwhile wipes everything.
import type { Log, Storage } from './board.ts';

/** Header, rounding, and some distance from full. */
const SPARE_BYTES = 1_024;

/**
 * Writes a file, or into one, where that is possible.
 * @param at 0 replaces the file; otherwise the bytes from there on are still 0xFF
 * @param sizeBytes of a new file, whose rest stays 0xFF
 * @returns whether it is written
 */
export type Write = (name: string, data: string, at: number, sizeBytes: number) => boolean;

/** @param log told once when there is no room, and of each write that fails otherwise */
export function createWrite(storage: Storage, log: Log): Write {
  let isFull = false;

  return function (name, data, at, sizeBytes) {
    try {
      if (!at && storage.read(name) === data) return true;
      if (at || storage.getFree() >= sizeBytes + SPARE_BYTES) return storage.write(name, data, at, sizeBytes);
      if (!isFull) log('flash full: nothing more is kept until the board is flashed again');
      isFull = true;
    } catch (error) {
      log('flash: ' + name + ' not written: ' + (error as Error).message);
    }
    return false;
  };
}
