// One boot of one board: from the moment the chip runs to the moment it resets or loses its power.

import type { BoardParts, ResetCause } from './boardShape.ts';
import type { Connection } from '../network/connection.ts';
import { ChipStopped } from './guard.ts';
import { createMachine, type Machine } from './machine.ts';
import type { Pins } from './pins.ts';
import { createProgram } from './program.ts';

/** At a reboot the interpreter has freed its variables when the driver's event comes that the station has left. */
const REBOOT_PANIC = "Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.";

/** What a boot needs of the board. */
interface BootOptions {
  parts: BoardParts;
  pins: Pins;
  /** Board time of this boot's start. */
  bootedAtMs: number;
  /** The cause of the last reset, as the chip numbers it. */
  resetCode: number;
  print(line: string): void;
  /** The chip has reset itself; this boot is over. */
  onReset(cause: ResetCause): void;
  /** Something may have changed. */
  onTurn(): void;
}

/** Lets the interpreter compact its flash, which holds it. Gives what ends that: power that goes in a compaction takes every file. */
function followCompactions(
  { storage }: BoardParts,
  { clock, block, watchdog }: Machine,
  print: (line: string) => void,
) {
  let compactsUntilMs = 0;
  storage.onCompact((ms) => {
    print('Compacting...');
    block(ms);
    compactsUntilMs = clock.nowMs();
    // The interpreter kicks every watchdog while it compacts.
    watchdog.kick(compactsUntilMs);
  });
  return (): void => {
    if (clock.worldMs() < compactsUntilMs) storage.corrupt();
  };
}

/** Creates the chip; after `program.start` it runs until `end`, or until it resets itself. */
export function createBoot({ parts, pins, bootedAtMs, resetCode, print: printLine, onReset, onTurn }: BootOptions) {
  let stopped = false;
  const machine = createMachine({
    ...{ parts, print, crash },
    onWatchdog: () => reset('watchdog'),
    onAddress: () => program.onAddress(),
  });
  const { clock, events, timers, watchdog, wifi, net } = machine;
  const hasStopped = (): boolean => stopped;
  const isHeld = (): boolean => stopped || clock.blockedForMs() > 0;
  const program = createProgram({ machine, parts, pins, resetCode, print, hasStopped, isHeld, reboot, crash });
  const endCompaction = followCompactions(parts, machine, print);
  const { run } = program;

  function print(text: string): void {
    if (!stopped && machine.uart.hasConsole()) text.split('\n').forEach(printLine);
  }

  /** A panic goes to the wire, wherever the console is. */
  function crash(message: string): never {
    if (!stopped) printLine(message);
    reset('crash');
    throw new ChipStopped('crash');
  }

  /** `E.reboot()`: a station that has not left brings the chip down before it restarts. */
  function reboot(): never {
    program.emitKill();
    if (wifi.isStationOn()) crash(REBOOT_PANIC);
    reset('reboot');
    throw new ChipStopped('reboot');
  }

  function reset(cause: ResetCause): void {
    if (stopped) return;
    stop();
    onReset(cause);
  }

  function stop(): void {
    stopped = true;
    endCompaction();
    clock.stop();
    watchdog.stop();
    wifi.stop();
    pins.reset();
  }

  /** One turn of the interpreter's idle loop. */
  function turn(): void {
    const settlesMs = pins.idle(run);
    const ran = timers.runDue(run, isHeld);
    machine.uart.idle(program.type);
    const busy = net.idle(run, isHeld);
    const called = events.run(run, isHeld);
    program.loadNext();
    onTurn();
    if (ran || busy || called) return clock.wake();
    const next = [timers.nextDueMs(), settlesMs === undefined ? undefined : settlesMs - bootedAtMs];
    for (const dueMs of next) if (dueMs !== undefined) clock.wakeAt(dueMs);
  }

  /** Stops the chip, if it has not stopped itself; gives the connections that nobody closed. */
  function end(): Connection[] {
    if (!stopped) stop();
    return net.stop();
  }

  const isInSomeNetwork = (): boolean => wifi.softAp() !== undefined || wifi.network() === 'up';
  const isTelnetOpen = (): boolean => !stopped && program.isTelnetOn() && isInSomeNetwork();
  parts.faults.heal();
  clock.onTurn = turn;
  return { program, machine, end, isTelnetOpen };
}

/** One boot of one board. */
export type Boot = ReturnType<typeof createBoot>;
