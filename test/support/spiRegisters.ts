// The registers of a scripted chip: its magic word, and the SPI peripheral, which asks the flash chip for its identifier.

import type { ChipName } from './espArchive.ts';

const MAGIC_ADDRESS = 0x4000_1000;

/** Starts a command; the hardware clears it when the command is done. */
const RUN = 1 << 18;

const READ_IDENTIFIER = 0x9f;

/** Offsets differ from the first chip to its successors (their technical reference manuals). */
const LAYOUTS = {
  first: { base: 0x3ff4_2000, user2: 0x24, data: 0x80 },
  later: { base: 0x6000_2000, user2: 0x20, data: 0x58 },
};

/** Creates the registers; what was never written reads as 0. */
export function createSpiRegisters(chip: ChipName, { magic, flashId }: { magic: number; flashId(): number }) {
  const { base, user2, data } = LAYOUTS[chip === 'ESP32' ? 'first' : 'later'];
  const words = new Map([[MAGIC_ADDRESS, magic]]);
  return {
    read: (address: number): number => words.get(address) ?? 0,
    write(address: number, value: number): void {
      words.set(address, value);
      if (address !== base || (value & RUN) === 0) return;
      if (((words.get(base + user2) ?? 0) & 0xff) === READ_IDENTIFIER) words.set(base + data, flashId());
      words.set(address, value & ~RUN);
    },
  };
}
