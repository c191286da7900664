// One boot of one board: from the moment the chip runs to the moment it resets, dies or loses its power.

import type { BoardParts } from './boardShape.ts';
import { BOOT_PROGRAM, createChip } from './chip.ts';
import type { Connection } from '../network/connection.ts';
import { ChipGone, guardAll } from './death.ts';
import { createEvents } from './events.ts';
import { createBoardClock } from './boardClock.ts';
import { createMemory } from './memory.ts';
import { createModules } from './modules.ts';
import { createNet } from './net.ts';
import type { Pins } from './pin.ts';
import { createHardwareRandom, createMathRandom } from './random.ts';
import { createRealm } from './realm.ts';
import { createRunner } from './runner.ts';
import { createTimerTable } from './timers.ts';
import { createWatchdog } from './watchdog.ts';
import { createWifi } from './wifi.ts';

/** The files that run before any program, in this order. */
const BOOT_FILES = ['.boot0', '.boot1', '.boot2', '.boot3'];

/** Longer than anything lasts: a hung interpreter never gets to its next turn. */
const FOR_EVER_MS = 1e12;

/** The interpreter has given back its variables when the driver tells that the station has left. */
const REBOOT_PANIC = "Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.";

/** Why a boot ended. */
export type ResetCause = 'reboot' | 'watchdog' | 'crash' | 'power';

/** What a boot needs: the parts of the board that outlive it. */
export interface BootOptions {
  parts: BoardParts;
  pins: Pins;
  /** What the chip's register tells of the last reset. */
  resetCode: number;
  print(line: string): void;
  /** The chip has reset itself; the boot is dead already. */
  onReset(cause: ResetCause): void;
  /** Something may have changed. */
  onTurn(): void;
}

/** Starts the chip; it runs until `end`, or until it resets itself. */
export function startBoot({ parts, pins, resetCode, print, onReset, onTurn }: BootOptions) {
  const { options, storage, faults, hosts, accessPoint } = parts;
  const clock = createBoardClock({ speed: options.speed, time: options.time });
  let dead = false;
  let compactsUntilMs = 0;
  /** What somebody has moved the clock by. */
  let clockOffsetMs = 0;
  let loading: { program: string | undefined } | undefined;

  const events = createEvents(clock.wake);
  const mathRandom = createMathRandom();
  const timers = createTimerTable(clock.nowMs);
  const watchdog = createWatchdog({ clock, bite: () => reset('watchdog') });
  const memory = createMemory({
    total: options.totalVariables,
    timers: timers.pending,
    sockets: () => net.openSockets(),
  });
  const wifi = createWifi({
    ...options.wifi,
    ...{ events, clock, accessPoint, mac: parts.mac, ip: parts.ip, carrier, block },
    leak: memory.leak,
    onAddress: () => runner.addressCame(),
  });
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
  const hardwareRandom = createHardwareRandom({
    seed: options.hardwareSeed,
    boardName: options.boardName,
    isRadioOn: wifi.isStationOn,
    crash,
  });
  const runner = createRunner({
    call: (piece, limitMs) => program.realm.call(piece, limitMs),
    listeners: (target, event) => events.listeners(program[target], event),
    isDead: () => dead,
    isGarbled: storage.isGarbled,
    hasMemory: memory.hasRoom,
    say,
    hang: () => block(FOR_EVER_MS),
    dropCurrentTimer: timers.dropCurrent,
    onRace() {
      timers.reset();
      wifi.freeze();
      net.freeze();
    },
    hangLimitMs: options.hangLimitMs,
  });
  const { run, check } = runner;
  const isHeld = (): boolean => dead || clock.blockedForMs() > 0;
  let program = createProgram();

  /** A fresh interpreter with nothing in it. */
  function createProgram() {
    const realm = createRealm(events);
    const modules = createModules({ net: net.module, Wifi: wifi.module, storage, check, ...options });
    const { process, E, globals } = createChip({
      ...{ clock, timers, events, pins, watchdog, memory, mathRandom, hardwareRandom, resetCode },
      print: say,
      identity: options,
      modules: modules.all,
      reboot,
      load(next) {
        loading = { program: next };
        clock.wake();
      },
      takeErrorFlags: runner.takeErrorFlags,
      getTime: () => (clock.nowMs() + clockOffsetMs) / 1000,
      setTime: (seconds) => void (clockOffsetMs = seconds * 1000 - clock.nowMs()),
    });
    const evaluate = realm.global['eval'] as (text: unknown) => unknown;
    realm.global['eval'] = (text: unknown) => {
      storage.program(String(text));
      return evaluate(text);
    };
    Object.assign(realm.global, guardAll(globals, check));
    guardAll(E, check);
    (realm.global['Math'] as Math).random = mathRandom.random;
    return { realm, modules, process, E };
  }

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

  /** The interpreter kicks every watchdog while it compacts. */
  function compacting(ms: number): void {
    say('Compacting...');
    block(ms);
    compactsUntilMs = clock.nowMs();
    watchdog.kick(compactsUntilMs);
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

  /** `E.reboot()`: a station that has not left brings the chip down before it restarts. */
  function reboot(): never {
    kill();
    return wifi.isStationOn() ? crash(REBOOT_PANIC) : gone('reboot');
  }

  /** The program's last words. */
  function kill(): void {
    events.listeners(program.E, 'kill')?.forEach((listener) => run(() => listener()));
  }

  function reset(cause: ResetCause): void {
    if (dead) return;
    stop();
    onReset(cause);
  }

  function stop(): void {
    dead = true;
    if (clock.worldMs() < compactsUntilMs) storage.corrupt();
    clock.stop();
    watchdog.stop();
    wifi.die();
    pins.reset();
  }

  function turn(): void {
    const settlesMs = pins.idle(run);
    const ran = timers.runDue(run, isHeld);
    const busy = net.idle(run, isHeld);
    const called = events.run(run, isHeld);
    if (loading && !isHeld()) load(loading.program);
    onTurn();
    if (ran || busy || called) return clock.wake();
    const next = [timers.nextDueMs(), settlesMs === undefined ? undefined : settlesMs - parts.bootedAtMs()];
    for (const dueMs of next) if (dueMs !== undefined) clock.wakeAt(dueMs);
  }

  /** `load()`: a new program on a chip that runs on; the station stays joined, pins and watchdog stay as they are. */
  function load(next: string | undefined): void {
    kill();
    loading = undefined;
    if (dead) return;
    net.load();
    timers.reset();
    events.reset();
    pins.load();
    wifi.load();
    memory.load();
    storage.boot();
    program = createProgram();
    begin(next);
  }

  function begin(name: string | undefined): void {
    storage.useRealm(program.realm.json);
    for (const file of name === undefined ? BOOT_FILES : [...BOOT_FILES, name]) {
      const text = storage.read(file);
      if (text === undefined) continue;
      storage.program(text);
      run(() => program.realm.run(text, file, options.hangLimitMs));
    }
    events.emit(program.E, 'init');
    clock.wake();
  }

  function start(): void {
    storage.onCompact(compacting);
    const complaint = storage.boot();
    if (complaint !== undefined) say(complaint);
    begin(BOOT_PROGRAM);
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
    isTelnetOpen: (): boolean => !dead && program.modules.isTelnetOn() && wifi.network() === 'up',
    pendingTimers: (): number => timers.pending(),
    openSockets: (): number => net.openSockets(),
    attempts: net.attempts,
    /** What someone types at the prompt. */
    type: (text: string): void => runner.type(() => program.realm.run(text, 'prompt')),
    global: () => program.realm.global,
    race: runner.race,
    cutOff: runner.cutOff,
    becomeZombie: wifi.becomeZombie,
    /** The network tells the time: every timer is that much closer to its end, and late ones fire in a burst. */
    setClock(seconds: number): void {
      const jumpMs = seconds * 1000 - clock.nowMs() - clockOffsetMs;
      clockOffsetMs += jumpMs;
      timers.shift(jumpMs);
      clock.wake();
    },
  };
}

/** One boot of one board. */
export type Boot = ReturnType<typeof startBoot>;
