// Shared by the flash tests: the tool with short limits, its output, and bundles that print how much of them has run.

import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScriptedBoard, type ScriptedBoard, type ScriptedBoardOptions } from './scriptedBoard.ts';
import { LIMITS, type Limits } from '../../tools/flash/limits.ts';
import type { Port } from '../../tools/flash/ports.ts';
import { runFlash, type Host } from '../../tools/flash/run.ts';

const directory = mkdtempSync(join(tmpdir(), 'flash-test-'));

/** A scripted board answers at once. */
const SHORT: Limits = {
  ...LIMITS,
  openMs: 500,
  identifyMs: 1_500,
  identifyTryMs: 200,
  evaluateMs: 1_500,
  stopMs: 20,
  resyncMs: 10,
  uploadMs: 2_000,
  bootMs: 1_500,
  reopenMs: 100,
  panicMs: 50,
  settleMs: 20,
  connectMs: 500,
  loaderMs: 2_000,
  loaderAttempts: 5,
  packetBytes: [128, 100],
};

/** Settings that every flash needs. */
export const SETTINGS_ARGV = ['--wifi-ssid', 'Home', '--wifi-password', 'correct horse', '--broker', '192.168.1.10'];

/** The master key of the tests. */
export const MASTER_KEY = join(directory, 'light-master.key');

/** Runs the flash tool; gives its exit code and what it prints. */
export async function flash(argv: string[], host: Partial<Host> & { ports?: Port[] } = {}) {
  let output = '';
  const code = await runFlash(['--master-key', MASTER_KEY, ...argv], {
    write: (text) => void (output += text),
    isTerminal: false,
    environment: {},
    signal: new AbortController().signal,
    limits: SHORT,
    listPorts: () => Promise.resolve(host.ports ?? []),
    ...host,
  });
  return { code, output };
}

/** Writes a file for a test; returns its path. */
export function file(name: string, text: string): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

/** The lines of a program that runs from its first to its last statement. */
export const wholeRun = (version: string): string[] => [`start ${version}`, `boot light-node ${version} light-1`];

/** A bundle that prints at its first and at its last statement, with something to transfer between them. */
export function programText(version: string, fillBytes = 1_000): string {
  const [start, boot] = wholeRun(version);
  const fill = Array.from({ length: Math.ceil(fillBytes / 50) }, (_, i) => `var fill${i} = '${'x'.repeat(30)}';`);
  return [`print('${start}');`, ...fill, `print('${boot}');`, ''].join('\n');
}

/** Such a bundle as a file. */
export const bundle = (version: string, fillBytes?: number): string =>
  file(`${version}.js`, programText(version, fillBytes));

/** The line that an updatable bundle prints, from its first to its last statement. */
export const updatableRun = (version: string): string[] => [`start ${version}`, `boot light ${version} on ESP32 as me`];

/** A bundle with an updater on its last line. */
export function updatable(version: string): string {
  const [start, boot] = updatableRun(version);
  const light = `print('${start}');var fill='${'x'.repeat(300)}';print('${boot}');`;
  return file(`${version}-updatable.js`, `${light}\n(function(a,b,c){return c})`);
}

/** Runs a test with a scripted board that listens on a TCP port. */
export async function withBoard(
  options: ScriptedBoardOptions,
  test: (board: ScriptedBoard, port: string) => Promise<void>,
): Promise<void> {
  const board = createScriptedBoard(options);
  try {
    await test(board, await board.listen());
  } finally {
    await board.close();
  }
}

/** The lines that the board's program has printed since the last boot. */
export const present = (board: ScriptedBoard): string[] =>
  (board.boots[board.boots.length - 1] ?? []).filter((line) => !line.startsWith('<'));
