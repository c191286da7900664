// Erases a board, back to a bare interpreter.

import { readContents } from './boardStorage.ts';
import { failure } from './exits.ts';
import { identifyStep } from './identify.ts';
import { eraseAll, reboot } from './onBoard.ts';
import type { BoardReport } from '../report.ts';
import { stop, withBoard, type Access } from './session.ts';

/**
 * Erases all files of a board, settings and client identifier too.
 * @throws Failure
 */
export function eraseBoard(access: Access, report: BoardReport): Promise<void> {
  return withBoard(access, report, async (session) => {
    const { board } = session;
    report.done(access.path);
    await identifyStep(board, report, { force: access.force, toWrite: true });
    await stop(session, access.limits);
    report.step('erase');
    const names = async () => (await readContents(board)).files.map(({ name }) => name).join(', ');
    const before = await names();
    session.leaves = 'the board has lost some of its files or all: erase again';
    await board.evaluate(eraseAll, access.limits.eraseMs);
    const left = await names();
    if (left !== '') throw failure('verificationFailed', `still on the board: ${left}`);
    await board.evaluate(reboot);
    report.done(before === '' ? 'there was nothing to erase' : `erased ${before}`);
  });
}
