// Restarts the board and waits for the firmware's own boot line, and with `--wait` for its line that MQTT is up.

import type { BoardLink } from './board.ts';
import { isThrown } from '../console.ts';
import { failure } from './exits.ts';
import type { Limits } from './limits.ts';
import { reboot, reload } from './onBoard.ts';
import type { BoardReport } from '../report.ts';
import type { Session } from './session.ts';
import { until } from './until.ts';

/** The firmware's first line, such as `boot light-node 0.1.0 light-aabbccddeeff`. */
const BOOT_LINE = /^boot\b/;

/** The firmware's line when the broker has accepted it and its subscription. */
const CONNECTED_LINE = /^mqtt connected as /;

/** The first line of the chip's ROM after a reset; chips with USB of their own lose it. */
const RESET_LINE = /\brst:0x/;

/** What to wait for, and how long. */
interface BootOptions {
  limits: Limits;
  wait: boolean;
}

interface BootLog {
  isReset: boolean;
  boot?: string;
  connected?: string;
  thrown?: string;
  last?: string;
  isGone: boolean;
}

/** Records the console of a board that restarts; relays the program's lines. */
function watchConsole(board: BoardLink, relay: (line: string) => void): BootLog {
  const seen: BootLog = { isReset: false, isGone: false };
  board.onLine((line) => {
    // Lines before the reset, even a panic, are not from the new program.
    if (!seen.isReset && RESET_LINE.test(line))
      Object.assign(seen, { isReset: true, boot: undefined, thrown: undefined });
    seen.last = line;
    if (BOOT_LINE.test(line)) seen.boot = line;
    if (CONNECTED_LINE.test(line)) seen.connected = line;
    if (isThrown(line)) seen.thrown ??= line;
    if (seen.boot !== undefined || seen.thrown !== undefined) relay(line);
  });
  void board.closed.then(() => (seen.isGone = true));
  return seen;
}

async function awaitBoot(seen: BootLog, limits: Limits): Promise<void> {
  const isOver = () => seen.boot !== undefined || seen.thrown !== undefined || seen.isGone;
  await until(isOver, limits.bootMs);
  if (seen.thrown !== undefined && !seen.isReset && (await until(() => seen.isReset, limits.panicMs)))
    await until(isOver, limits.bootMs);
  if (seen.boot !== undefined) await until(() => seen.thrown !== undefined, limits.settleMs);
  if (seen.thrown !== undefined) throw failure('threwAtBoot', `the firmware threw at boot: ${seen.thrown}`);
  if (seen.boot === undefined && !seen.isGone)
    throw failure('noBootLine', `no boot line from the firmware; the board's last line: ${seen.last ?? '(none)'}`);
}

/**
 * Opens the port again: a chip with USB of its own leaves the bus when it restarts. The boot line may be lost with it, so
 * the interpreter is restarted once more, with the port open.
 */
async function bootAgain(session: Session, { limits }: BootOptions, relay: (line: string) => void): Promise<BootLog> {
  await session.reopen();
  const { board } = session;
  const seen = watchConsole(board, relay);
  await until(() => seen.boot !== undefined || seen.thrown !== undefined, limits.reopenMs);
  if (seen.boot === undefined && seen.thrown === undefined) {
    await board.identify(true);
    await board.evaluate(reload);
  }
  await awaitBoot(seen, limits);
  if (seen.isGone)
    throw failure('lostInTransfer', 'the port vanishes at every restart: press EN and look with monitor');
  return seen;
}

/**
 * Restarts the board and waits for the firmware.
 * @returns its boot line
 * @throws Failure threwAtBoot, noBootLine, notConnected or lostInTransfer
 */
export async function bootStep(session: Session, report: BoardReport, options: BootOptions): Promise<string> {
  const relay = (line: string) => {
    if (options.wait || isThrown(line)) report.log(line);
  };
  report.step('restart');
  let seen = watchConsole(session.board, relay);
  await session.board.evaluate(reboot);
  await awaitBoot(seen, options.limits);
  if (seen.isGone && seen.boot === undefined) seen = await bootAgain(session, options, relay);
  report.done(seen.boot ?? '');
  if (options.wait) await connectStep(seen, report, options.limits);
  return seen.boot ?? '';
}

async function connectStep(seen: BootLog, report: BoardReport, limits: Limits): Promise<void> {
  report.step('connect');
  await until(() => seen.connected !== undefined || seen.isGone, limits.connectMs);
  if (seen.connected === undefined)
    throw failure(
      'notConnected',
      seen.isGone ? 'the line broke before MQTT was up' : `no MQTT connection; the board's last line: ${seen.last}`,
    );
  report.done(seen.connected);
}
