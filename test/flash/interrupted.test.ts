// Cuts the line and the power at many points of a flash: afterwards the old program runs, or the new one, or none; never half of one.
// The identifier survives every cut of the line; a power cut loses it only in the compaction or while it is written itself.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScriptedBoard, type BoardFaults } from '../support/scriptedBoard.ts';
import { EXIT } from '../../tools/flash/exits.ts';
import { bundle, flash, programText, SETTINGS_ARGV, wholeRun } from '../support/flashing.ts';

/** Number of points at which the line is cut, spread over all bytes that the board receives. */
const CUTS = 60;

const OLD = '0.9.0';
const NEW = '1.0.0';
const IDENTIFIER = 'abcdefghijklmnopqrstuvw';

/** The interpreter prints this when it runs nothing of a file. */
const NOTHING_RUNS = /^Uncaught SyntaxError: Got (UNFINISHED COMMENT|\[ERASED\]) expected EOF$/;

const argvFor = (port: string) => ['--port', port, '--bundle', bundle(NEW), ...SETTINGS_ARGV];

/** Flashes a board that runs the old program, with a fault, and power-cycles it; then flashes it again. */
async function interrupted(faults: BoardFaults) {
  const files = { '.bootcde': programText(OLD), 'light.json': '{"name":"old"}', 'light.id': IDENTIFIER };
  const board = createScriptedBoard({ files, faults });
  const port = await board.listen();
  const { code } = await flash(argvFor(port));
  const received = board.received();
  const identifier = board.storage.read('light.id');
  const settings = board.storage.read('light.json');
  const isWiped = board.storage.list().length === 0;
  const after = board.powerCycle().filter((line) => !NOTHING_RUNS.test(line));
  const again = await flash(argvFor(port));
  const mended = board.powerCycle();
  const isArranged = board.storage.list()[0] === '.bootcde' && board.trashBytes() === 0;
  await board.close();
  return { code, received, identifier, settings, isWiped, after, again: again.code, mended, isArranged };
}

type Outcome = Awaited<ReturnType<typeof interrupted>>;

function checkOutcome({ code, after, again, mended, isArranged }: Outcome, where: string): void {
  const whole = [wholeRun(OLD), wholeRun(NEW), []].map((run) => JSON.stringify(run));
  assert.ok(whole.includes(JSON.stringify(after)), `${where}: half a program ran: ${JSON.stringify(after)}`);
  if (code === EXIT.ok) assert.deepEqual(after, wholeRun(NEW), `${where}: success was reported`);
  assert.equal(again, EXIT.ok, `${where}: flashing again mends it`);
  assert.deepEqual(mended, wholeRun(NEW), where);
  assert.ok(isArranged, `${where}: flashing again leaves the program first and no trash`);
}

test('never leaves half a program, wherever the line is cut', { timeout: 120_000 }, async () => {
  const { received } = await interrupted({});
  const seen = new Map<string, number>();
  for (let cut = 1; cut <= CUTS; cut += 1) {
    const cutAfterBytes = Math.floor((received * cut) / (CUTS + 1));
    const outcome = await interrupted({ cutAfterBytes });
    checkOutcome(outcome, `cut after ${cutAfterBytes} of ${received} bytes`);
    assert.notEqual(outcome.code, EXIT.ok, `cut after ${cutAfterBytes} bytes`);
    assert.equal(outcome.identifier, IDENTIFIER);
    assert.match(outcome.settings ?? '', /^\{.*\}$/);
    const ran = outcome.after[0] ?? 'prompt';
    seen.set(ran, (seen.get(ran) ?? 0) + 1);
  }
  assert.ok((seen.get(`start ${OLD}`) ?? 0) > CUTS / 3, 'a broken upload leaves the old program where it was');
  assert.ok((seen.get(`start ${NEW}`) ?? 0) > 0, 'some cuts fall between the program and the end');
});

test('never leaves half a program, at whichever write to the flash the power goes', { timeout: 120_000 }, async () => {
  const outcomes: string[] = [];
  const losses: Outcome[] = [];
  for (let write = 1; ; write += 1) {
    const outcome = await interrupted({ powerCutAtWrite: write });
    checkOutcome(outcome, `power cut at write ${write}`);
    if (outcome.code === EXIT.ok) break;
    outcomes.push(outcome.after[0] ?? 'prompt');
    if (outcome.identifier !== IDENTIFIER) losses.push(outcome);
  }
  assert.ok(outcomes.length > 10, `only ${outcomes.length} writes were seen`);
  assert.deepEqual(
    losses.map(({ isWiped }) => isWiped),
    [false, true],
    'one cut in its own write, and one in the compaction',
  );
  assert.ok(outcomes.includes(`start ${OLD}`) && outcomes.includes('prompt'), outcomes.join());
});
