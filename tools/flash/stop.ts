// Stops the board's program, so that it neither prints into the conversation nor runs while its file is replaced.

import type { Board } from './board.ts';
import type { Limits } from './limits.ts';
import { calmWatchdog, stopProgram } from './onBoard.ts';
import { pause } from './until.ts';

/** Stops the program and waits for the prompt; the saved program starts again with the next restart. */
export async function stop(board: Board, { stopMs }: Limits): Promise<void> {
  await board.evaluate(calmWatchdog);
  await board.evaluate(stopProgram);
  await pause(stopMs);
  await board.identify(false);
}
