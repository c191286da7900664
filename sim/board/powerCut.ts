// Power cuts in the middle of a write to the flash, planned by a test.

/** What a power cut in the middle of a write leaves: of a file, or of the bytes that were to be written in place. */
export type TornWrite = 'old' | 'nothing' | 'truncated';

/** Thrown through the firmware when the power goes: nothing after it runs. */
export class PowerCut extends Error {}

interface PlannedCut {
  /** Any file when undefined. */
  name?: string;
  leaves: TornWrite;
  /** Counts down with each write; the power goes at 0. */
  writesLeft: number;
}

/** Creates the power supply of one flash, with no cut planned. */
export function createPowerCuts() {
  let planned: PlannedCut | undefined;
  let onCut: () => void = () => {};
  return {
    plan(cut: PlannedCut): void {
      planned = cut;
    },
    onCut(listener: () => void): void {
      onCut = listener;
    },
    /** Counts a write; gives what it leaves if the power goes in the middle of it. */
    countWrite(name: string): TornWrite | undefined {
      if (!planned || (planned.name !== undefined && planned.name !== name)) return undefined;
      planned.writesLeft -= 1;
      if (planned.writesLeft > 0) return undefined;
      const { leaves } = planned;
      planned = undefined;
      return leaves;
    },
    /** Ends the board, and the program with an exception. */
    cutPower(): never {
      onCut();
      throw new PowerCut('power cut during a write');
    },
  };
}

/** The power supply of one flash. */
export type PowerCuts = ReturnType<typeof createPowerCuts>;
