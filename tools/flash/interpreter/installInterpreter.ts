// Puts the interpreter on a bare chip: finds out what chip it is, writes the parts that belong to it, and starts it.

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure, isFailure, isRepeatable } from '../exits.ts';
import type { BoardReport } from '../../report.ts';
import { interruption, type Access, type Interruptible } from '../session.ts';
import { ROM_BAUD, withBootLoader, type BootLoader, type Way } from './bootLoader.ts';
import { fitToFlash } from './espImage.ts';
import { blankOf, type FlashPart, type Interpreter } from './interpreters.ts';

/** After a failed try comes a slow one without the helper program: a long cable or a hub may lose bytes. */
const WAYS: Way[] = [
  { withStub: true, baud: 460_800 },
  { withStub: false, baud: ROM_BAUD },
];

const MEGABYTE = 1024 * 1024;

const HALF_WRITTEN = 'the chip has no whole interpreter: run the same command again';
const WRITTEN = 'the chip has the interpreter, and no light yet: run the same command again';

const NO_LINES = '--interpreter needs a serial port of this computer: a TCP port cannot reset the chip';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/**
 * Finds the interpreter for a chip.
 * @throws Failure wrongBoard
 */
function interpreterFor(chip: string, interpreters: Interpreter[]): Interpreter {
  const found = interpreters.find((interpreter) => interpreter.chip.name === chip);
  const names = interpreters.map((interpreter) => interpreter.chip.name).join(', ');
  if (!found) throw failure('wrongBoard', `the chip is an ${chip}, and the archive has the interpreter for: ${names}`);
  return found;
}

/**
 * Adapts an interpreter to a flash.
 * @throws Failure noSpace
 */
function fitted(interpreter: Interpreter, flashBytes: number): Interpreter {
  const { bootLoader } = interpreter;
  const [has, needs] = [flashBytes, interpreter.flashBytes].map((bytes) => `${Math.ceil(bytes / MEGABYTE)} MB`);
  if (flashBytes < interpreter.flashBytes)
    throw failure('noSpace', `the chip has ${has} of flash, and the interpreter needs ${needs}`);
  return { ...interpreter, bootLoader: { ...bootLoader, bytes: fitToFlash(bootLoader.bytes, flashBytes) } };
}

async function writePart(loader: BootLoader, report: BoardReport, part: FlashPart): Promise<void> {
  report.step('write');
  await loader.write(part, report.progress);
  report.done(`${part.name} at 0x${part.address.toString(16)}, SHA-256 ${sha256(part.bytes)}`);
}

/** Writes an interpreter in one way. */
async function install(access: Access, report: BoardReport, work: Work): Promise<void> {
  report.step('chip');
  await withBootLoader(access, work.way, async (loader) => {
    const found = interpreterFor(loader.chip, work.interpreters);
    const flashBytes = await loader.prepare();
    const interpreter = fitted(found, flashBytes);
    report.done(`${loader.chip}, ${flashBytes / MEGABYTE} MB of flash`);
    work.state.leaves = HALF_WRITTEN;
    for (const part of [interpreter.bootLoader, interpreter.table, interpreter.program])
      await writePart(loader, report, part);
    await loader.write(blankOf(interpreter), report.progress);
    work.state.leaves = WRITTEN;
    await loader.restart();
    // Long enough for a chip with USB of its own to leave the bus.
    await sleep(access.limits.stopMs);
  });
}

interface Work {
  interpreters: Interpreter[];
  way: Way;
  state: Interruptible;
}

/** Tries one way after the other. */
async function installInTurn(access: Access, report: BoardReport, work: Omit<Work, 'way'>): Promise<void> {
  let first: unknown;
  for (const way of WAYS) {
    try {
      return await install(access, report, { ...work, way });
    } catch (error) {
      if (!isRepeatable(error) || access.signal.aborted) throw first ?? error;
      first ??= error;
      if (way !== WAYS.at(-1)) report.warn(`${(error as Error).message}: once more, slower`);
    }
  }
  throw first;
}

/**
 * Writes boot loader, partition table and interpreter to a chip, verifies them, and starts it.
 * @param interpreters those of the archive, checked
 * @throws Failure
 */
export async function installInterpreter(
  access: Access,
  report: BoardReport,
  interpreters: Interpreter[],
): Promise<void> {
  if (access.path.startsWith('tcp://')) throw failure('badArguments', NO_LINES);
  const state: Interruptible = { leaves: 'nothing was written', critical: Promise.resolve() };
  const { interrupted, forget } = interruption(() => state, access.signal);
  const work = installInTurn(access, report, { interpreters, state }).catch((error: unknown) => {
    if (!isFailure(error) || state.leaves !== HALF_WRITTEN) throw error;
    throw failure(error.exit, `${error.message}; ${state.leaves}`);
  });
  // After Ctrl-C nobody waits for it any more.
  work.catch(() => {});
  await Promise.race([work, interrupted]).finally(forget);
}
