// What a program can `require`: the modules of an ESP32 build, with a telnet prompt that is open until it is closed.

import { guardAll } from './death.ts';
import type { VirtualStorage } from './storage.ts';

/** What the modules are made of. */
export interface ModulesOptions {
  net: object;
  Wifi: object;
  storage: VirtualStorage;
  /** Modules of the test's own; they win. */
  extraModules: Record<string, unknown>;
  /** Names of modules that this build lacks. */
  missingModules: string[];
  /** Throws once the chip is gone. */
  check(): void;
}

/** Only what the chip has: the rest of a virtual flash is for tests. */
function storageModule(storage: VirtualStorage): object {
  const { read, readJSON, write, writeJSON, erase, eraseAll, list, getFree, getStats, compact } = storage;
  return { read, readJSON, write, writeJSON, erase, eraseAll, list, getFree, getStats, compact };
}

/** Creates the modules of one boot. */
export function createModules({ net, Wifi, storage, extraModules, missingModules, check }: ModulesOptions) {
  let isTelnetOn = true;

  /** `require("TelnetServer").setOptions`: on at boot, without a password (network/telnet). */
  function setOptions(options: unknown): void {
    if (options === null || typeof options !== 'object') throw new Error(`Expecting Object, got ${String(options)}`);
    const { mode } = options as { mode?: unknown };
    if (typeof mode !== 'string') return;
    if (mode !== 'on' && mode !== 'off') throw new Error('Unknown mode value');
    isTelnetOn = mode === 'on';
  }

  const builtIn = { net, Wifi, Storage: storageModule(storage), TelnetServer: { setOptions } };
  Object.values(builtIn).forEach((module) => guardAll(module, check));
  const all = new Map<string, unknown>(Object.entries({ ...builtIn, ...extraModules }));
  missingModules.forEach((name) => all.delete(name));
  return { all, isTelnetOn: (): boolean => isTelnetOn };
}
