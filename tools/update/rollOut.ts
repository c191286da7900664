// A roll-out: a first group, then groups of twice the size, until one board of a group fails.

import { asFailure, type Failure } from './exits.ts';
import type { BoardWork } from './fleet.ts';
import type { Report } from '../report.ts';

/** How to roll out. */
interface RollOutOptions {
  /** Size of the first group. */
  first: number;
  /** Ctrl-C. */
  signal: AbortSignal;
  report: Report;
  /** Does one board. */
  work(board: BoardWork): Promise<void>;
}

/** Does one board; gives its failure. */
async function attempt(board: BoardWork, { work, signal }: RollOutOptions): Promise<Failure | undefined> {
  try {
    await work(board);
    return undefined;
  } catch (error) {
    const failed = asFailure(error);
    board.report.failed(signal.aborted ? 'no longer watched: it goes on by itself' : failed.message);
    return failed;
  }
}

/**
 * Does the boards, group by group; the boards of a group at once.
 * @returns the failures of the last group; nothing was done with the boards behind it
 */
export async function rollOut(boards: BoardWork[], options: RollOutOptions): Promise<Failure[]> {
  const { report, signal } = options;
  let size = options.first;
  for (let done = 0; done < boards.length && !signal.aborted; size *= 2) {
    const group = boards.slice(done, done + size);
    if (boards.length > options.first) report.say(`boards ${done + 1} to ${done + group.length} of ${boards.length}`);
    const outcomes = await Promise.all(group.map((board) => attempt(board, options)));
    const failures = outcomes.filter((outcome) => outcome !== undefined);
    done += group.length;
    const rest = boards.length - done;
    if (failures.length > 0 && rest > 0) report.say(`halted: ${rest} board${rest > 1 ? 's' : ''} left as they are`);
    if (failures.length > 0) return failures;
  }
  return [];
}
