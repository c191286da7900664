// The program of one boot: it begins with the files in flash, and `load()` starts it anew on a chip that runs on.

import type { BoardParts } from './boardShape.ts';
import { BOOT_PROGRAM, createChip, namePins } from './chip.ts';
import { guardAll } from './guard.ts';
import type { Machine } from './machine.ts';
import { createModules } from './modules.ts';
import type { Pins } from './pins.ts';
import { createRealm } from './realm.ts';
import { createRunner } from './runner.ts';

/** The files that run before any program, in this order. */
const BOOT_FILES = ['.boot0', '.boot1', '.boot2', '.boot3'];

/** Longer than anything lasts: a hung interpreter never gets to its next turn. */
const FOR_EVER_MS = 1e12;

/** What FreeRTOS says before it restarts the chip. */
const STACK_PANIC = '***ERROR*** A stack overflow in task espruinoTask has been detected.';

/** What the program needs of the boot. */
interface ProgramOptions {
  machine: Machine;
  parts: BoardParts;
  pins: Pins;
  /** The cause of the last reset, as the chip numbers it. */
  resetCode: number;
  print(line: string): void;
  hasStopped(): boolean;
  /** Whether the interpreter cannot run anything now. */
  isHeld(): boolean;
  /** `E.reboot()`. */
  reboot(): never;
  /** Ends the boot with this line on the console. */
  crash(message: string): never;
}

/** Creates an interpreter with no program in it. */
export function createProgram(options: ProgramOptions) {
  const { machine, parts, pins, print, hasStopped, isHeld } = options;
  const { clock, events, timers, memory, wifi, net } = machine;
  const { storage, hangLimitMs } = parts;
  /** What `load()` was called with; it waits until the interpreter is idle. */
  let loading: { program: string | undefined } | undefined;
  let isErrorSaved = false;
  const runner = createRunner({
    call: (piece, limits) => language.realm.call(piece, limits),
    listeners: (target, event) => events.listeners(language[target], event),
    ...{ print, hasStopped, hangLimitMs, onRace, onUncaught },
    isGarbled: storage.isGarbled,
    ...{ hasMemory: memory.hasRoom, dropCurrentTimer: timers.dropCurrent },
    hang: () => machine.block(FOR_EVER_MS),
  });
  let language = createLanguage();

  /** Creates a language with the chip's globals and no program in it. */
  function createLanguage() {
    const { check, takeErrorFlags } = runner;
    const realm = createRealm(events, () => options.crash(STACK_PANIC));
    const modules = createModules({ ...parts, net: net.module, Wifi: wifi.module, json: realm.json, print, check });
    const { process, E, globals } = createChip({
      ...{ ...machine, ...options, takeErrorFlags },
      serial: parts.serial,
      modules: modules.all,
      ...{ setFlags, getFlags: () => ({ onErrorSave: isErrorSaved ? 1 : 0 }) },
      toCallback: (text) => runner.inRam(() => realm.run(text, 'timer')),
      load(next) {
        loading = { program: next };
        clock.wake();
      },
    });
    const evaluate = realm.global['eval'] as (text: unknown) => unknown;
    realm.global['eval'] = (text: unknown) => {
      storage.run(String(text));
      return evaluate(text);
    };
    guardAll(globals, check);
    guardAll(E, check);
    Object.assign(realm.global, globals);
    namePins(realm.global, pins);
    (realm.global['Math'] as Math).random = machine.mathRandom.random;
    return { realm, modules, process, E };
  }

  /** `E.setFlags`: forgotten when the program starts anew. */
  function setFlags({ onErrorSave }: { onErrorSave?: unknown }): void {
    if (onErrorSave !== undefined) isErrorSaved = Boolean(onErrorSave);
  }

  /** The first error that nothing catches is kept; a write to a full flash compacts it. */
  function onUncaught(lines: string[]): void {
    if (!isErrorSaved || storage.read('ERROR') !== undefined) return;
    storage.module.write('ERROR', lines.join('\n').replace(/^Uncaught /, ''));
  }

  function onRace(): void {
    timers.reset();
    wifi.freeze();
    net.freeze();
  }

  /** Runs what the program does before it ends. */
  function emitKill(): void {
    events.listeners(language.E, 'kill')?.forEach((listener) => runner.run(() => listener()));
  }

  /** Runs the boot files, and then the named one if any. */
  function start(name: string | undefined): void {
    const complaint = storage.boot();
    if (complaint !== undefined) print(complaint);
    for (const file of name === undefined ? BOOT_FILES : [...BOOT_FILES, name]) {
      const text = storage.read(file);
      if (text === undefined) continue;
      storage.run(text);
      runner.run(() => language.realm.run(text, file, hangLimitMs));
    }
    events.emit(language.E, 'init');
    clock.wake();
  }

  /** Does what `load()` has asked for: the station stays joined, pins and watchdog stay as they are. */
  function loadNext(): void {
    if (!loading || isHeld()) return;
    const next = loading.program;
    emitKill();
    loading = undefined;
    if (hasStopped()) return;
    net.load();
    timers.reset();
    events.reset();
    pins.load();
    wifi.load();
    memory.load();
    machine.uart.load();
    isErrorSaved = false;
    language = createLanguage();
    start(next);
  }

  return {
    ...runner,
    ...{ emitKill, loadNext },
    start: (): void => start(BOOT_PROGRAM),
    /** Runs what someone types at the prompt. */
    type: (text: string): void => runner.type(() => language.realm.run(text, 'prompt')),
    global: () => language.realm.global,
    isTelnetOn: (): boolean => language.modules.isTelnetOn(),
  };
}
