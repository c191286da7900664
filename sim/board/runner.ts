// Runs the program's callbacks: prints what they throw, and cuts them off as the interpreter does.

import { ChipStopped, garbledError } from './guard.ts';
import { formatUncaught } from './format.ts';
import { createPlannedFaults } from './plannedFaults.ts';
import { PowerCut } from './powerCut.ts';
import type { CallLimits } from './realm.ts';

/** What the runner needs of the boot. */
interface RunnerOptions {
  /** Calls into the program. */
  call(piece: () => void, limits: CallLimits): void;
  listeners(target: 'process' | 'E', event: string): ((...args: unknown[]) => void)[] | undefined;
  hasStopped(): boolean;
  /** Whether the program's code in flash was moved while it ran. */
  isGarbled(): boolean;
  hasMemory(): boolean;
  print(line: string): void;
  /** Called with the lines of an exception that nothing has caught. */
  onUncaught(lines: string[]): void;
  /** The interpreter never comes back from a call. */
  hang(): void;
  /** The interpreter removes an interval whose callback it had to interrupt. */
  dropCurrentTimer(): void;
  /** The Wi-Fi task has broken the interpreter's lists of timers and events. */
  onRace(): void;
  hangLimitMs: number | undefined;
}

/** Creates the runner of one boot. */
export function createRunner(options: RunnerOptions) {
  const { hasStopped, isGarbled, print, hangLimitMs } = options;
  const faults = createPlannedFaults();
  let isAtPrompt = false;
  const ramPieces = new WeakSet<() => void>();
  /** Calls of the chip's functions until the running callback is cut off. */
  let callsLeft: number | undefined;
  let errorFlags: string[] = [];

  /** What is typed is in RAM, the program in flash. */
  const isBroken = (): boolean => isGarbled() && !isAtPrompt;

  /** Runs before and after each function of the chip. */
  function check(): void {
    if (hasStopped()) throw new ChipStopped('the chip has stopped');
    if (isBroken()) throw garbledError();
    if (callsLeft === undefined) return;
    callsLeft -= 0.5;
    if (callsLeft >= 0) return;
    // Only a signal stops a program at once and so that it cannot catch it.
    process.kill(process.pid, 'SIGINT');
    for (;;);
  }

  /** Runs a callback: what it throws is printed, and the chip goes on. */
  function run(piece: () => void): void {
    if (hasStopped()) return;
    if (ramPieces.delete(piece)) return type(piece);
    const fault = faults.next();
    if (!isAtPrompt && !options.hasMemory()) return interrupt();
    const outerCalls = callsLeft;
    callsLeft = fault.callsLeft;
    try {
      if (fault.isRace) race();
      if (isBroken()) throw garbledError();
      options.call(piece, { limitMs: hangLimitMs, isInterruptible: callsLeft !== undefined });
    } catch (error) {
      if (!hasStopped()) report(error);
    } finally {
      callsLeft = outerCalls;
    }
  }

  function race(): never {
    options.onRace();
    throw new ReferenceError('"f" is not defined');
  }

  /** Prints an exception, or gives it to the program's own listener. */
  function report(error: unknown): void {
    if (error instanceof ChipStopped || error instanceof PowerCut) return;
    const { code } = (error ?? {}) as NodeJS.ErrnoException;
    if (code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return options.hang();
    if (code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') return interrupt();
    const listeners = isBroken() ? undefined : options.listeners('process', 'uncaughtException');
    if (listeners) listeners.forEach((listener) => run(() => listener(error)));
    else {
      const lines = formatUncaught(error);
      lines.forEach(print);
      options.onUncaught(lines);
    }
  }

  /** Runs what someone types at the prompt. */
  function type(piece: () => void): void {
    isAtPrompt = true;
    run(piece);
    isAtPrompt = false;
  }

  /** Ends the callback, without any `catch` of it, because the interpreter believes that there is no memory. */
  function interrupt(): void {
    const isNew = !errorFlags.includes('MEMORY');
    if (isNew) print('OUT OF MEMORY');
    print('Execution Interrupted');
    options.dropCurrentTimer();
    if (!isNew) return;
    errorFlags = ['LOW_MEMORY', 'MEMORY'];
    options.listeners('E', 'errorFlag')?.forEach((listener) => run(() => listener([...errorFlags])));
    print(`New interpreter error: ${errorFlags.join()}`);
  }

  return {
    run,
    check,
    type,
    /** Makes a callback of a text that is in RAM, as what is typed is. */
    inRam(piece: () => void): () => void {
      ramPieces.add(piece);
      return piece;
    },
    /** `E.getErrorFlags()`: the flags since the last call. */
    takeErrorFlags: (): string[] => errorFlags.splice(0),
    ...{ race: faults.race, cutOff: faults.cutOff, onAddress: faults.onAddress },
  };
}
