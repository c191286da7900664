// Runs a program on a real Espruino for Linux, where it is installed.

import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { INTERPRETER_HINT, interpreterPath } from '../../sim/interpreter/interpreter.ts';

/** Long enough for a short program on a busy machine, short enough for one that hangs the interpreter. */
const RUN_MS = 2000;

/** The interpreter's command; undefined where it is not installed. */
export const interpreter = interpreterPath();

/** Why a test is skipped. */
export const NO_INTERPRETER = INTERPRETER_HINT;

/**
 * Runs a program until it ends, at most two seconds; gives the lines that it prints.
 * @throws Error when there is no interpreter
 */
export async function runOnInterpreter(code: string): Promise<string[]> {
  if (!interpreter) throw new Error(NO_INTERPRETER);
  const folder = await mkdtemp(path.join(tmpdir(), 'espruino-'));
  try {
    await writeFile(path.join(folder, 'program.js'), code);
    return linesOf(await outputOf(interpreter, folder));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function outputOf(command: string, cwd: string): Promise<string> {
  const child = spawn(command, ['program.js'], { cwd, stdio: ['ignore', 'pipe', 'ignore'] });
  const timer = setTimeout(() => child.kill('SIGKILL'), RUN_MS);
  let output = '';
  for await (const chunk of child.stdout.setEncoding('latin1')) output += chunk;
  clearTimeout(timer);
  return output;
}

/** Removes the banner, the prompt and cursor movements. */
function linesOf(output: string): string[] {
  const plain = output.slice(output.lastIndexOf('/Donate')).replaceAll('\u001b[J', '').replaceAll('\r', '');
  return plain.split('\n').map((line) => line.replace(/^>/, ''));
}
