// One boot of one board: from the moment the chip runs to the moment it resets, dies or loses its power.

import type { BoardParts } from './boardShape.ts';
import { createChip } from './chip.ts';
import type { Connection } from './connection.ts';
import { ChipGone, guardAll } from './death.ts';
import { createEvents } from './events.ts';
import { formatUncaught } from './format.ts';
import { createBoardClock } from './loop.ts';
import { createModules } from './modules.ts';
import { createNet } from './net.ts';
import type { Pins } from './pin.ts';
import { createHardwareRandom, createMathRandom } from './random.ts';
import { createRealm } from './realm.ts';
import { PowerCut } from './storage.ts';
import { createTimerTable } from './timers.ts';
import { createWatchdog } from './watchdog.ts';
import { createWifi } from './wifi.ts';

/** The files that run at boot, in this order. */
const BOOT_FILES = ['.boot0', '.boot1', '.boot2', '.boot3', '.bootcde'];

/** Longer than anything lasts: a hung interpreter never gets to its next turn. */
const FOR_EVER_MS = 1e12;

/** Why a boot ended. */
export type ResetCause = 'reboot' | 'watchdog' | 'crash' | 'power';

/** What a boot needs: the parts of the board that outlive it. */
export interface BootOptions {
  parts: BoardParts;
  pins: Pins;
  wasPoweredOn: boolean;
  print(line: string): void;
  /** The chip has reset itself; the boot is dead already. */
  onReset(cause: ResetCause): void;
  /** Something may have changed. */
  onTurn(): void;
}

/** Starts the chip; it runs until `end`, or until it resets itself. */
export function startBoot({ parts, pins, wasPoweredOn, print, onReset, onTurn }: BootOptions) {
  const { options, storage, faults, hosts, accessPoint } = parts;
  const clock = createBoardClock({ speed: options.speed, time: options.time });
  let dead = false;

  const events = createEvents(clock.wake);
  const realm = createRealm(events);
  const mathRandom = createMathRandom();
  const timers = createTimerTable(clock.nowMs);
  const watchdog = createWatchdog({ clock, bite: () => reset('watchdog') });
  const wifi = createWifi({ ...options.wifi, events, clock, accessPoint, mac: parts.mac, ip: parts.ip, carrier });
  const net = createNet({
    events,
    faults,
    hosts,
    network: wifi.network,
    block,
    wake: clock.wake,
    print,
    connectLimitMs: options.connectLimitMs,
    connectTcp: options.connectTcp,
  });
  const modules = createModules({ net: net.module, Wifi: wifi.module, storage, check, ...options });
  const isHeld = (): boolean => dead || clock.blockedForMs() > 0;
  const { process, E, globals } = createChip({
    ...{
      clock,
      timers,
      events,
      pins,
      watchdog,
      wasPoweredOn,
      print: say,
      identity: options,
      openSockets: net.openSockets,
    },
    mathRandom,
    hardwareRandom: createHardwareRandom({
      seed: options.hardwareSeed,
      boardName: options.boardName,
      isRadioOn: wifi.isRadioOn,
      crash,
    }),
    modules: modules.all,
    reboot: () => gone('reboot'),
  });

  function carrier(isUp: boolean, fate: 'alive' | 'dead' = 'alive'): void {
    if (isUp) faults.heal();
    else if (fate === 'dead') faults.drop();
    else faults.stall();
  }

  function block(ms: number): void {
    watchdog.beforeBlock();
    clock.block(ms);
  }

  function say(line: string): void {
    if (!dead) line.split('\n').forEach(print);
  }

  function check(): void {
    if (dead) throw new ChipGone('the chip is gone');
  }

  /** Resets the chip from within its own program. */
  function gone(cause: ResetCause): never {
    reset(cause);
    throw new ChipGone(cause);
  }

  function crash(message: string): never {
    say(message);
    return gone('crash');
  }

  function reset(cause: ResetCause): void {
    if (dead) return;
    stop();
    onReset(cause);
  }

  function stop(): void {
    dead = true;
    clock.stop();
    watchdog.stop();
    wifi.die();
    pins.reset();
  }

  /** Runs a piece of the program: what it throws is printed, and the chip goes on. */
  function run(call: () => void): void {
    if (dead) return;
    try {
      realm.call(call, options.hangLimitMs);
    } catch (error) {
      if (!dead) complain(error);
    }
  }

  function complain(error: unknown): void {
    if (error instanceof ChipGone || error instanceof PowerCut) return;
    if ((error as NodeJS.ErrnoException | null)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') return block(FOR_EVER_MS);
    const listeners = events.listeners(process, 'uncaughtException');
    if (listeners) listeners.forEach((listener) => run(() => listener(error)));
    else formatUncaught(error).forEach(say);
  }

  function turn(): void {
    const settlesMs = pins.idle(run);
    const ran = timers.runDue(run, isHeld);
    const busy = net.idle(run, isHeld);
    const called = events.run(run, isHeld);
    onTurn();
    if (ran || busy || called) return clock.wake();
    const next = [timers.nextDueMs(), settlesMs === undefined ? undefined : settlesMs - parts.bootedAtMs()];
    for (const dueMs of next) if (dueMs !== undefined) clock.wakeAt(dueMs);
  }

  function start(): void {
    storage.useRealm(realm.json);
    Object.assign(realm.global, guardAll(globals, check));
    guardAll(E, check);
    (realm.global['Math'] as Math).random = mathRandom.random;
    for (const file of BOOT_FILES) {
      const text = storage.read(file);
      if (text !== undefined) run(() => realm.run(text, file, options.hangLimitMs));
    }
    events.emit(E, 'init');
    clock.wake();
  }

  faults.heal();
  clock.onTurn = turn;
  return {
    clock,
    start,
    /** The power goes; gives the connections that nobody closed. */
    end(): Connection[] {
      if (!dead) stop();
      return net.die();
    },
    orphans: (): Connection[] => net.die(),
    wake: clock.wake,
    isTelnetOpen: (): boolean => !dead && modules.isTelnetOn() && wifi.network() === 'up',
    pendingTimers: (): number => timers.pending(),
    openSockets: (): number => net.openSockets(),
    attempts: net.attempts,
    /** What someone types at the prompt. */
    type: (text: string): void => run(() => realm.run(text, 'prompt')),
    global: realm.global,
  };
}

/** One boot of one board. */
export type Boot = ReturnType<typeof startBoot>;
