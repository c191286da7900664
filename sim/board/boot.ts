// One boot of one board: from the moment the chip runs to the moment it resets or loses its power.

import type { BoardParts, ResetCause } from './boardShape.ts';
import type { Connection } from '../network/connection.ts';
import { ChipStopped } from './guard.ts';
import { createMachine } from './machine.ts';
import type { Pins } from './pins.ts';
import { createProgram } from './program.ts';

/** At a reboot the interpreter has freed its variables when the driver tells it that the station has left. */
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

/** Creates the chip; after `start` it runs until `end`, or until it resets itself. */
export function createBoot({ parts, pins, bootedAtMs, resetCode, print: printLine, onReset, onTurn }: BootOptions) {
  const { storage, faults } = parts;
  let stopped = false;
  let compactsUntilMs = 0;
  const machine = createMachine({
    ...{ parts, print, crash },
    onWatchdog: () => reset('watchdog'),
    onAddress: () => program.onAddress(),
  });
  const { clock, events, timers, watchdog, wifi, net } = machine;
  const hasStopped = (): boolean => stopped;
  const isHeld = (): boolean => stopped || clock.blockedForMs() > 0;
  const program = createProgram({ machine, parts, pins, resetCode, print, hasStopped, isHeld, reboot });
  const { run } = program;

  function print(text: string): void {
    if (!stopped) text.split('\n').forEach(printLine);
  }

  /** The interpreter kicks every watchdog while it compacts. */
  function onCompact(ms: number): void {
    print('Compacting...');
    machine.block(ms);
    compactsUntilMs = clock.nowMs();
    watchdog.kick(compactsUntilMs);
  }

  /** Resets the chip from within its own program. */
  function resetWithin(cause: ResetCause): never {
    reset(cause);
    throw new ChipStopped(cause);
  }

  function crash(message: string): never {
    print(message);
    return resetWithin('crash');
  }

  /** `E.reboot()`: a station that has not left brings the chip down before it restarts. */
  function reboot(): never {
    program.emitKill();
    return wifi.isStationOn() ? crash(REBOOT_PANIC) : resetWithin('reboot');
  }

  function reset(cause: ResetCause): void {
    if (stopped) return;
    stop();
    onReset(cause);
  }

  function stop(): void {
    stopped = true;
    if (clock.worldMs() < compactsUntilMs) storage.corrupt();
    clock.stop();
    watchdog.stop();
    wifi.stop();
    pins.reset();
  }

  /** One turn of the interpreter's idle loop. */
  function turn(): void {
    const settlesMs = pins.idle(run);
    const ran = timers.runDue(run, isHeld);
    const busy = net.idle(run, isHeld);
    const called = events.run(run, isHeld);
    program.loadNext();
    onTurn();
    if (ran || busy || called) return clock.wake();
    const next = [timers.nextDueMs(), settlesMs === undefined ? undefined : settlesMs - bootedAtMs];
    for (const dueMs of next) if (dueMs !== undefined) clock.wakeAt(dueMs);
  }

  function start(): void {
    storage.onCompact(onCompact);
    const complaint = storage.boot();
    if (complaint !== undefined) print(complaint);
    program.start();
  }

  /** Stops the chip, if it has not stopped itself; gives the connections that nobody closed. */
  function end(): Connection[] {
    if (!stopped) stop();
    return net.connections();
  }

  /** The network sets the time: every timer is that much closer to its end, and late ones fire in a burst. */
  function setClock(seconds: number): void {
    timers.shift(clock.setTime(seconds));
    clock.wake();
  }

  const { type, global, race, cutOff } = program;
  const { openSockets, attempts } = net;
  const isTelnetOpen = (): boolean => !stopped && program.isTelnetOn() && wifi.network() === 'up';
  faults.heal();
  clock.onTurn = turn;
  return {
    ...{ start, end, nowMs: clock.nowMs, wake: clock.wake, pendingTimers: timers.pending },
    ...{ type, global, race, cutOff, openSockets, attempts, isTelnetOpen, setClock },
    becomeZombie: wifi.becomeZombie,
  };
}

/** One boot of one board. */
export type Boot = ReturnType<typeof createBoot>;
