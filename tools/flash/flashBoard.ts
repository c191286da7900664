// One board from end to end: flash it, show it or erase it.

import { openBoard, type Board } from './board.ts';
import { bootStep } from './boot.ts';
import { failure, isFailure } from './exits.ts';
import { identifyStep } from './identify.ts';
import { wantsTinyMqtt, type Image } from './image.ts';
import type { Limits } from './limits.ts';
import {
  erase,
  fileState,
  NEW_PROGRAM_FILE,
  NEW_SETTINGS_FILE,
  PROGRAM_FILE,
  reboot,
  SETTINGS_FILE,
} from './onBoard.ts';
import type { BoardReport } from './report.ts';
import { spaceStep } from './space.ts';
import { stop } from './stop.ts';
import { holds, installStep, uploadStep, type Cargo } from './upload.ts';

/** How to reach a board, and what to insist on. */
export interface Access {
  path: string;
  baud: number;
  limits: Limits;
  /** Also boards that are no ESP32. */
  force: boolean;
  /** Ends the conversation when it fires. */
  signal: AbortSignal;
}

/** What a flashed board gets. */
export interface FlashJob extends Access {
  program: Image;
  /** Absent: the board keeps the settings it has. */
  settings?: Image;
  /** What of the settings does not fit such a board (`process.env.BOARD`), one line each. */
  complaints(board: string): string[];
  /** Wait for the firmware's word that MQTT is up. */
  wait: boolean;
}

/** Opens the port, hands the conversation over, and closes whatever was opened. */
export async function withBoard<T>(
  access: Access,
  report: BoardReport,
  talk: (board: Board, keep: (board: Board) => void) => Promise<T>,
): Promise<T> {
  const opened: Board[] = [];
  let stop = () => {};
  const interrupted = new Promise<never>((_, reject) => {
    stop = () =>
      reject(failure('interrupted', 'stopped: the board has its old program or none; press EN to restart it'));
  });
  access.signal.addEventListener('abort', stop);
  if (access.signal.aborted) stop();
  const work = async () => {
    report.step('open');
    const board = await openBoard(access.path, access);
    opened.push(board);
    return talk(board, (again) => opened.push(again));
  };
  return Promise.race([work(), interrupted]).finally(() => {
    access.signal.removeEventListener('abort', stop);
    return Promise.all(opened.map((board) => board.close()));
  });
}

async function needsModule(board: Board, program: Image): Promise<boolean> {
  return wantsTinyMqtt(program) && (await board.evaluate(fileState('tinyMQTT'))) === null;
}

/** The bundle leaves that module to the uploader of the espruino package, which fetches it from the web. */
function refuseTinyMqtt(path: string): never {
  const command = `npx espruino --no-ble -p ${path} -b 115200 --config SAVE_ON_SEND=1 dist/firmware.js`;
  throw failure('badArguments', `the bundle needs the module tinyMQTT, which is not on the board: ${command}`);
}

/** What the board does not hold already: flash wears out. */
async function missingOn(board: Board, { program, settings }: FlashJob): Promise<Cargo> {
  const hasSettings = !settings || (await holds(board, SETTINGS_FILE, settings));
  const hasProgram = await holds(board, PROGRAM_FILE, program);
  return { program: hasProgram ? undefined : program, settings: hasSettings ? undefined : settings };
}

async function transfer(board: Board, report: BoardReport, job: FlashJob): Promise<void> {
  await stop(board, job.limits);
  if (await needsModule(board, job.program)) refuseTinyMqtt(job.path);
  const images = job.settings ? [job.settings, job.program] : [job.program];
  await spaceStep(board, report, { images, limits: job.limits });
  const cargo = await missingOn(board, job);
  if (!cargo.program && !cargo.settings) {
    report.step('upload');
    return report.done('nothing to do: the board holds exactly this');
  }
  await uploadStep(board, report, { cargo, limits: job.limits });
  await installStep(board, report, cargo);
}

/** After a failure on a line that still stands: clears the uploads away and lets the old program run again. */
async function restore(board: Board): Promise<void> {
  await board.evaluate(erase([NEW_PROGRAM_FILE, NEW_SETTINGS_FILE]));
  await board.evaluate(reboot);
}

/** What a broken transfer means for the board. */
function withAdvice(error: unknown): unknown {
  if (!isFailure(error) || error.exit !== 'lostInTransfer') return error;
  return failure(error.exit, `${error.message}; the board has its old program or none: flash again`);
}

/**
 * Takes a board to a running light.
 * @throws Failure, after which the board has its old program or none, never a part of one
 */
export function flashBoard(job: FlashJob, report: BoardReport): Promise<void> {
  return withBoard(job, report, async (board, keep) => {
    report.done(job.path);
    const who = await identifyStep(board, report, { force: job.force, toWrite: true });
    const wrong = job.complaints(who.board);
    try {
      if (wrong.length > 0) throw failure('badArguments', wrong.join('\n'));
      await transfer(board, report, job);
    } catch (error) {
      await restore(board).catch(() => {});
      throw withAdvice(error);
    }
    await bootStep(board, report, { ...job, keep });
  });
}
