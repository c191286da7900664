// The interpreter of a scripted board: it runs the program in the flash statement by statement, and what a host types.

import { createContext, runInContext } from 'node:vm';
import { crc32 } from 'node:zlib';
import { ERASED } from '../../sim/board/flashMedium.ts';
import type { ScriptedChip } from './scriptedChip.ts';
import { createScriptedConsole, type ConsoleFaults } from './scriptedConsole.ts';
import type { ScriptedFlash } from './scriptedFlash.ts';

const PANIC = "Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.\r\n";

/** How the interpreter misbehaves. */
export interface InterpreterFaults extends ConsoleFaults {
  /** Panics at `E.reboot()`, whatever was done before. */
  panicsAtReboot?: boolean;
}

/** What the interpreter needs of the board. */
interface InterpreterOptions {
  board: string;
  version: string;
  chip: ScriptedChip;
  flash: ScriptedFlash;
  faults: InterpreterFaults;
  /** Chars to the host. */
  print(text: string): void;
  /** Restarts the chip. */
  restart(): void;
}

/**
 * What the interpreter runs of a file.
 * @throws SyntaxError, as the interpreter does, when the file begins erased or with a comment that is not closed
 */
export function programIn(file: string): string {
  if (file.startsWith(ERASED)) throw new SyntaxError('Got [ERASED] expected EOF');
  if (!file.startsWith('/*')) return file;
  const end = file.indexOf('*/');
  if (end < 0) throw new SyntaxError('Got UNFINISHED COMMENT expected EOF');
  return file.slice(end + 2);
}

/** Creates an interpreter that has not booted. */
export function createScriptedInterpreter(options: InterpreterOptions) {
  const { chip, flash, print, faults } = options;
  const boots: string[][] = [];
  let panics = 0;
  let resetsOnWifi = 0;

  function printLine(text: string): void {
    boots.at(-1)?.push(text);
    print(`${Buffer.from(text, 'utf8').toString('latin1')}\r\n`);
  }

  const globals = {
    print: (...values: unknown[]) => printLine(values.join(' ')),
    require(name: string) {
      if (name === 'Storage') return flash.module;
      if (name === 'Wifi') return chip.wifi;
      throw new Error(`Module ${name} not found`);
    },
    process: { env: { BOARD: options.board, VERSION: options.version } },
    getSerial: () => 'aabbccdd-eeff',
    E: { CRC32: (data: string) => crc32(Buffer.from(data, 'latin1')), reboot, ...chip.watchdog },
    btoa: (data: string) => Buffer.from(data, 'latin1').toString('base64'),
    ...chip.timers,
    reset() {
      if (chip.isJoined()) resetsOnWifi += 1;
      clear();
    },
    load: () => boot(),
  };
  let realm = createContext({ ...globals });
  const evaluate = (text: string): unknown => runInContext(text, realm);
  const console = createScriptedConsole({ evaluate, writeFile: flash.module.write, print }, faults);

  /** Forgets the program and what was typed. */
  function clear(): void {
    chip.resetInterpreter();
    realm = createContext({ ...globals });
    console.restart();
  }

  /** Runs a program statement by statement: of a torn one, what is there. Ours have one a line. */
  function boot(): void {
    boots.push([]);
    clear();
    try {
      for (const statement of programIn(flash.storage.read('.bootcde') ?? '').split('\n')) evaluate(statement);
    } catch (error) {
      printLine(`Uncaught ${String(error)}`);
    }
  }

  /** The interpreter frees its variables, then stops the radio, whose event finds none. */
  function reboot(): void {
    if (faults.panicsAtReboot || chip.isJoined()) {
      panics += 1;
      print(PANIC);
    }
    options.restart();
  }

  return {
    /** What each start of the program printed; the last one is the present. */
    boots,
    ...{ boot, printLine, feed: console.feed },
    panics: (): number => panics,
    /** How often the interpreter was reset while the radio could still emit events to it. */
    resetsOnWifi: (): number => resetsOnWifi,
  };
}
