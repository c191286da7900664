// Faults of the interpreter that a test plans for a callback to come.

/** Creates the plans of one boot: none. */
export function createPlannedFaults() {
  let callbacks = 0;
  let raceAt = 0;
  /** Waits for the next address. */
  let plannedCutOff: { nth: number; calls: number } | undefined;
  let cutOff: { callback: number; calls: number } | undefined;
  return {
    /** Counts a callback; gives what is to happen to it. */
    next(): { isRace: boolean; callsLeft: number | undefined } {
      callbacks += 1;
      return { isRace: callbacks === raceAt, callsLeft: callbacks === cutOff?.callback ? cutOff.calls : undefined };
    },
    /** Lets the race break into the `nth` callback from now, counted from 1. */
    race(nth: number): void {
      raceAt = callbacks + nth;
    },
    /** Cuts the `nth` callback from the next address on off after so many calls of the chip's functions. */
    cutOff(nth: number, calls: number): void {
      plannedCutOff = { nth, calls };
    },
    /** An address has come: the moment at which the interpreter miscounts its memory. */
    onAddress(): void {
      if (!plannedCutOff) return;
      cutOff = { callback: callbacks + plannedCutOff.nth, calls: plannedCutOff.calls };
      plannedCutOff = undefined;
    },
  };
}
