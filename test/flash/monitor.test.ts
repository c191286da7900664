// The monitor: readable lines, several boards, and a board that comes and goes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createScriptedBoard } from '../support/scriptedBoard.ts';
import { EXIT } from '../../tools/flash/exits.ts';
import { runMonitor, type MonitorHost } from '../../tools/flash/monitor.ts';
import { until } from '../../tools/flash/until.ts';
import { withBoard } from '../support/flashing.ts';

const NOON = () => new Date(2024, 0, 1, 12, 0, 0);

/** Runs the monitor; `shows` waits for words on its screen. */
function monitor(argv: string[], host: Partial<MonitorHost> = {}) {
  const stop = new AbortController();
  let screen = '';
  const ended = runMonitor(argv, {
    write: (text) => void (screen += text),
    isTerminal: false,
    signal: stop.signal,
    retryMs: 10,
    now: NOON,
    ...host,
  });
  return {
    screen: () => screen,
    shows: async (words: string) => assert.ok(await until(() => screen.includes(words), 2_000), `${words}: ${screen}`),
    end: () => (stop.abort(), ended),
    ended,
  };
}

test('shows what the board prints, a time before each line, without the prompt', () =>
  withBoard({}, async (board, port) => {
    const { shows, end } = monitor(['--port', port]);
    await shows('connected');
    board.printLine('>\r\x1b[Jlight on');
    await shows('12:00:00 light on\n');
    assert.equal(await end(), EXIT.ok);
  }));

test('comes back when the board does', () =>
  withBoard({}, async (board, port) => {
    const { shows, screen, end } = monitor(['--port', port]);
    await shows('connected');
    board.powerCycle();
    await shows('waiting for it to come back');
    assert.ok(await until(() => screen().split(': connected').length === 3, 2_000), screen());
    board.printLine('again');
    await shows('again');
    await end();
  }));

test('labels the lines of several boards', () =>
  withBoard({}, async (left, port) =>
    withBoard({}, async (right, other) => {
      const { shows, end } = monitor(['--port', port, '--port', other]);
      await shows(`${other.slice(6)}: connected`);
      await shows(`${port.slice(6)}: connected`);
      left.printLine('one');
      right.printLine('two');
      await shows(`${port.slice(6)} one\n`);
      await shows(`${other.slice(6)} two\n`);
      await end();
    }),
  ));

test('fails at once when the port cannot be opened', async () => {
  const board = createScriptedBoard();
  const port = await board.listen();
  await board.close();
  assert.equal(await monitor(['--port', port]).ended, EXIT.noSuchPort);
});

test('with one port that cannot be opened it lets go of the others', () =>
  withBoard({}, async (board, port) => {
    const missing = createScriptedBoard();
    const other = await missing.listen();
    await missing.close();
    const { ended, end, screen } = monitor(['--port', port, '--port', other]);
    assert.equal(await ended, EXIT.noSuchPort);
    const words = screen();
    board.printLine('anybody?');
    await sleep(200);
    await end();
    assert.equal(screen(), words);
  }));

test('without a port uses the only board, or lists them', async () => {
  const none = monitor([], { listPorts: () => Promise.resolve([]) });
  assert.equal(await none.ended, EXIT.noSuchPort);
  assert.match(none.screen(), /no serial ports/);
});
