// Returns a board to a bare interpreter.

import { failure } from './exits.ts';
import { withBoard, type Access } from './flashBoard.ts';
import { identifyStep } from './identify.ts';
import { eraseAll, reboot, storageState, type StorageState } from './onBoard.ts';
import type { BoardReport } from './report.ts';
import { stop } from './stop.ts';

/**
 * Erases all files of a board, settings and identity too.
 * @throws Failure
 */
export function eraseBoard(access: Access, report: BoardReport): Promise<void> {
  return withBoard(access, report, async (board) => {
    report.done(access.path);
    await identifyStep(board, report, { force: access.force, toWrite: true });
    await stop(board, access.limits);
    report.step('erase');
    const { files } = (await board.evaluate(storageState)) as StorageState;
    await board.evaluate(eraseAll, access.limits.eraseMs);
    const left = (await board.evaluate(storageState)) as StorageState;
    if (left.files.length > 0) throw failure('verificationFailed', `still on the board: ${left.files.join(', ')}`);
    await board.evaluate(reboot);
    report.done(files.length > 0 ? `erased ${files.join(', ')}` : 'there was nothing to erase');
  });
}
