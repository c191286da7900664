// Restarts the board and believes the firmware only: its own boot line, and with `--wait` its own word that MQTT is up.

import { openBoard, type Board } from './board.ts';
import { isThrown } from './console.ts';
import { failure } from './exits.ts';
import type { Limits } from './limits.ts';
import { reboot, reload } from './onBoard.ts';
import type { BoardReport } from './report.ts';
import { pause, until } from './until.ts';

/** The firmware's first line, such as `boot light-node 0.1.0 light-aabbccddeeff`. */
const BOOT_LINE = /^boot\b/;

/** The firmware's word that the broker has accepted it and its subscription. */
const CONNECTED_LINE = /^mqtt connected as /;

/** The first word of the chip's ROM after a reset; chips with USB of their own say it to nobody. */
const RESET_LINE = /\brst:0x/;

/** How often a port that has vanished is looked for. */
const REOPEN_PAUSE_MS = 250;

/** How to restart, and what to wait for. */
export interface BootOptions {
  path: string;
  baud: number;
  limits: Limits;
  wait: boolean;
  /** Told of a conversation that was opened anew, so that it gets closed. */
  keep(board: Board): void;
}

interface Seen {
  isReset: boolean;
  boot?: string;
  connected?: string;
  thrown?: string;
  last?: string;
  isGone: boolean;
}

/** Notes what the firmware says; relays it when someone waits for it. */
function listen(board: Board, relay: (line: string) => void): Seen {
  const seen: Seen = { isReset: false, isGone: false };
  board.onLine((line) => {
    // What the board said before its reset, even a panic, is no word of the new program.
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

/** A chip with USB of its own leaves the bus when it restarts: its port vanishes and returns. */
async function reopen({ path, baud, limits }: BootOptions): Promise<Board> {
  const deadline = Date.now() + limits.bootMs;
  for (;;) {
    try {
      return await openBoard(path, { baud, limits });
    } catch {
      if (Date.now() > deadline) throw failure('lostInTransfer', 'the port did not come back after the restart');
      await pause(REOPEN_PAUSE_MS);
    }
  }
}

async function awaitBoot(seen: Seen, limits: Limits): Promise<void> {
  const isOver = () => seen.boot !== undefined || seen.thrown !== undefined || seen.isGone;
  await until(isOver, limits.bootMs);
  if (seen.thrown !== undefined && !seen.isReset && (await until(() => seen.isReset, limits.panicMs)))
    await until(isOver, limits.bootMs);
  if (seen.boot !== undefined) await until(() => seen.thrown !== undefined, limits.settleMs);
  if (seen.thrown !== undefined) throw failure('threwAtBoot', `the firmware threw at boot: ${seen.thrown}`);
  if (seen.boot === undefined && !seen.isGone)
    throw failure('noBootLine', `no boot line from the firmware; the board's last line: ${seen.last ?? '(none)'}`);
}

/** The boot line may be lost with the port: then the interpreter is restarted once more, with the port open. */
async function bootAgain(board: Board, options: BootOptions, relay: (line: string) => void): Promise<Seen> {
  const seen = listen(board, relay);
  await until(() => seen.boot !== undefined || seen.thrown !== undefined, options.limits.reopenMs);
  if (seen.boot === undefined && seen.thrown === undefined) {
    await board.identify(true);
    await board.evaluate(reload);
  }
  await awaitBoot(seen, options.limits);
  if (seen.isGone)
    throw failure('lostInTransfer', 'the port vanishes at every restart: press EN and look with monitor');
  return seen;
}

/**
 * Restarts the board and waits for the firmware.
 * @throws Failure threwAtBoot, noBootLine, notConnected or lostInTransfer
 */
export async function bootStep(board: Board, report: BoardReport, options: BootOptions): Promise<void> {
  const relay = (line: string) => {
    if (options.wait || isThrown(line)) report.log(line);
  };
  report.step('restart');
  let seen = listen(board, relay);
  await board.evaluate(reboot);
  await awaitBoot(seen, options.limits);
  if (seen.isGone && seen.boot === undefined) {
    const again = await reopen(options);
    options.keep(again);
    seen = await bootAgain(again, options, relay);
  }
  report.done(seen.boot ?? '');
  if (options.wait) await connectStep(seen, report, options.limits);
}

async function connectStep(seen: Seen, report: BoardReport, limits: Limits): Promise<void> {
  report.step('connect');
  await until(() => seen.connected !== undefined || seen.isGone, limits.connectMs);
  if (seen.connected === undefined)
    throw failure(
      'notConnected',
      seen.isGone ? 'the line broke before MQTT was up' : `no MQTT connection; the board's last line: ${seen.last}`,
    );
  report.done(seen.connected);
}
