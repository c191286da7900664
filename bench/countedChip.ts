// A real interpreter under valgrind, which counts its instructions.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  createInterpreter,
  interpreterPath,
  type Interpreter,
  type InterpreterOptions,
} from '../sim/interpreter/interpreter.ts';
import type { Lab } from './lab.ts';

/** Under valgrind everything takes about thirty times as long. */
const LIMIT_MS = 90_000;
const POLL_MS = 50;

/** A chip whose program must end with `quit()`. */
interface CountedChip extends Interpreter {
  /** Waits for the program's end; gives the instructions since power-on. */
  instructions(): Promise<number>;
}

/** Whether valgrind is installed. */
export const hasValgrind = (): boolean => spawnSync('valgrind', ['--version']).error === undefined;

/** Writes a script that runs the interpreter under valgrind, in a folder of its own, where valgrind writes its report. */
function createCountedInterpreter(interpreter: string) {
  const folder = mkdtempSync(join(tmpdir(), 'counted-'));
  const executable = join(folder, 'espruino');
  const report = join(folder, 'report');
  const valgrind = `valgrind --vgdb=no --tool=cachegrind --cache-sim=no --cachegrind-out-file=/dev/null --log-file='${report}'`;
  writeFileSync(executable, `#!/bin/sh\nexec ${valgrind} '${interpreter}' "$@"\n`, { mode: 0o755 });
  return { executable, report, dispose: () => rmSync(folder, { recursive: true }) };
}

/** Creates a board with another interpreter than the one that ESPRUINO names. */
function createUnder(executable: string, options: InterpreterOptions): Interpreter {
  const before = process.env['ESPRUINO'];
  process.env['ESPRUINO'] = executable;
  try {
    return createInterpreter(options);
  } finally {
    if (before === undefined) delete process.env['ESPRUINO'];
    else process.env['ESPRUINO'] = before;
  }
}

/** Waits for valgrind's report. */
async function readReport(file: string): Promise<number> {
  for (const deadlineMs = Date.now() + LIMIT_MS; Date.now() < deadlineMs; await sleep(POLL_MS)) {
    const found = existsSync(file) ? /I\s+refs:\s+([\d,]+)/.exec(readFileSync(file, 'latin1')) : undefined;
    if (found?.[1]) return Number(found[1].replaceAll(',', ''));
  }
  throw new Error(`valgrind did not report within ${LIMIT_MS / 1000} s`);
}

/** Creates a chip without power. */
export function createCountedChip(lab: Lab, options: InterpreterOptions): CountedChip {
  const { executable, report, dispose } = createCountedInterpreter(interpreterPath() as string);
  lab.use({ dispose });
  const chip = lab.use(createUnder(executable, options));
  rmSync(report, { force: true }); // of the run that wrote the flash
  return { ...chip, instructions: () => readReport(report) };
}
