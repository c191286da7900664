// Cuts the line and the power at many points of a flash: afterwards the old program runs, or the new one, or none; never a part.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createScriptedBoard, type BoardFaults } from '../sim/scriptedBoard.ts';
import { EXIT } from '../tools/flash/exits.ts';
import { bundle, flash, programText, SETTINGS_ARGV, wholeRun } from './flashing.ts';

/** Points at which the line is cut, spread over everything the board receives. */
const CUTS = 60;

const OLD = '0.9.0';
const NEW = '1.0.0';

/** What the interpreter says of a file of which it runs nothing. */
const NOTHING_RUNS = /^Uncaught SyntaxError: Got (UNFINISHED COMMENT|\[ERASED\]) expected EOF$/;

const argvFor = (port: string) => ['--port', port, '--bundle', bundle(NEW), ...SETTINGS_ARGV];

/** Flashes a board that runs the old program, with a fault, and looks at what it does after a power cycle. */
async function interrupted(faults: BoardFaults) {
  const files = { '.bootcde': programText(OLD), 'light.json': '{"name":"old"}' };
  const board = createScriptedBoard({ files, faults });
  const port = await board.listen();
  const { code } = await flash(argvFor(port));
  const received = board.received();
  const after = board.powerCycle().filter((line) => !NOTHING_RUNS.test(line));
  const again = await flash(argvFor(port));
  const mended = board.powerCycle();
  await board.close();
  return { code, received, after, again: again.code, mended };
}

function judge({ code, after, again, mended }: Awaited<ReturnType<typeof interrupted>>, where: string): void {
  const whole = [wholeRun(OLD), wholeRun(NEW), []].map((run) => JSON.stringify(run));
  assert.ok(whole.includes(JSON.stringify(after)), `${where}: half a program ran: ${JSON.stringify(after)}`);
  if (code === EXIT.ok) assert.deepEqual(after, wholeRun(NEW), `${where}: success was reported`);
  assert.equal(again, EXIT.ok, `${where}: flashing again mends it`);
  assert.deepEqual(mended, wholeRun(NEW), where);
}

test('never leaves half a program, wherever the line is cut', { timeout: 120_000 }, async () => {
  const { received } = await interrupted({});
  const seen = new Map<string, number>();
  for (let cut = 1; cut <= CUTS; cut += 1) {
    const cutAfterBytes = Math.floor((received * cut) / (CUTS + 1));
    const outcome = await interrupted({ cutAfterBytes });
    judge(outcome, `cut after ${cutAfterBytes} of ${received} bytes`);
    assert.notEqual(outcome.code, EXIT.ok, `cut after ${cutAfterBytes} bytes`);
    const ran = outcome.after[0] ?? 'prompt';
    seen.set(ran, (seen.get(ran) ?? 0) + 1);
  }
  assert.ok((seen.get(`start ${OLD}`) ?? 0) > CUTS / 2, 'a broken upload leaves the old program where it was');
});

test('never leaves half a program, at whichever write to the flash the power goes', { timeout: 120_000 }, async () => {
  const outcomes: string[] = [];
  for (let write = 1; ; write += 1) {
    const outcome = await interrupted({ powerCutAtWrite: write });
    judge(outcome, `power cut at write ${write}`);
    if (outcome.code === EXIT.ok) break;
    outcomes.push(outcome.after[0] ?? 'prompt');
  }
  assert.ok(outcomes.length > 10, `only ${outcomes.length} writes were seen`);
  assert.ok(outcomes.includes(`start ${OLD}`) && outcomes.includes('prompt'), outcomes.join());
});
