// What a program can `require`: the modules of an ESP32 build, with a telnet prompt that is open until it is closed.

import { createCrypto } from './crypto.ts';
import { guardAll } from './guard.ts';
import type { JsonRealm } from './json.ts';
import type { VirtualStorage } from './storage.ts';

/** What the modules are made of. */
interface ModulesOptions {
  net: object;
  Wifi: object;
  storage: VirtualStorage;
  /** Whose objects `readJSON` makes. */
  json: JsonRealm;
  /** Modules of the test's own; they win. */
  extraModules: Record<string, unknown>;
  /** Names of modules that this build lacks. */
  missingModules: string[];
  print(line: string): void;
  /** Throws once the program must not go on. */
  check(): void;
}

/** Creates the modules of one program. */
export function createModules(options: ModulesOptions) {
  const { net, Wifi, storage, json, extraModules, missingModules, print, check } = options;
  let isTelnetOn = true;

  /** `require("TelnetServer").setOptions`: on at boot, without a password (network/telnet). */
  function setOptions(options: unknown): void {
    if (options === null || typeof options !== 'object') throw new Error(`Expecting Object, got ${String(options)}`);
    const { mode } = options as { mode?: unknown };
    if (typeof mode !== 'string') return;
    if (mode !== 'on' && mode !== 'off') throw new Error('Unknown mode value');
    isTelnetOn = mode === 'on';
  }

  const readJSON = (name: unknown, noExceptions?: boolean): unknown => storage.readJSON(name, noExceptions, json);
  const builtIn = {
    net,
    Wifi,
    Storage: { ...storage.module, readJSON },
    TelnetServer: { setOptions },
    crypto: createCrypto(print),
  };
  Object.values(builtIn).forEach((module) => guardAll(module, check));
  const all = new Map<string, unknown>(Object.entries({ ...builtIn, ...extraModules }));
  missingModules.forEach((name) => all.delete(name));
  return { all, isTelnetOn: (): boolean => isTelnetOn };
}
