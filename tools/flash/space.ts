// Is there room on the board? Asked before anything is written.

import type { Board } from './board.ts';
import { failure } from './exits.ts';
import { storedBytes, type Image } from './image.ts';
import type { Limits } from './limits.ts';
import { compact, erase, NEW_PROGRAM_FILE, NEW_SETTINGS_FILE, storageState, type StorageState } from './onBoard.ts';
import type { BoardReport } from './report.ts';

/** Of an upload that was interrupted. */
const LEFTOVERS = [NEW_PROGRAM_FILE, NEW_SETTINGS_FILE];

const kB = (bytes: number): string => `${(bytes / 1024).toFixed(0)} kB`;

/** Each file is twice there for a moment: as it arrived, and in its place. */
const needed = (images: Image[]): number => images.reduce((sum, { length }) => sum + 2 * storedBytes(length), 0);

/**
 * Makes sure that the uploads fit beside what is there.
 * @throws Failure noSpace
 */
export async function spaceStep(board: Board, report: BoardReport, job: { images: Image[]; limits: Limits }) {
  report.step('space');
  const look = async () => (await board.evaluate(storageState)) as StorageState;
  const want = needed(job.images);
  let state = await look();
  if (state.free < want) {
    await board.evaluate(erase(LEFTOVERS));
    state = await look();
  }
  if (state.free < want && state.free + state.trash >= want) {
    await board.evaluate(compact, job.limits.compactMs);
    state = await look();
  }
  if (state.free < want)
    throw failure(
      'noSpace',
      `needs ${kB(want)} of Storage, ${kB(state.free)} are free beside ${state.files.join(', ')}; --erase empties it`,
    );
  report.done(`${kB(state.free)} free, ${kB(want)} needed`);
}
