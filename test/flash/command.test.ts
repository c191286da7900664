// `npm run flash` and `npm run monitor` as processes: exit codes, no stack traces, and passwords that no process list shows.

import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { EXIT } from '../../tools/flash/exits.ts';
import { until } from '../../tools/flash/until.ts';
import { interpreterFiles, zipOf } from '../support/espArchive.ts';
import { bundle, present, wholeRun, withBoard } from '../support/flashing.ts';
import { withChip } from '../support/scriptedRom.ts';
import { NEEDS_SOCAT } from '../support/terminal.ts';

const LIMIT = { timeout: 60_000 };

const PASSWORD = 'correct horse battery';

interface Process {
  child: ChildProcess;
  output(): string;
  /** Resolves with the exit code. */
  ended: Promise<number | null>;
}

function start(tool: 'flash' | 'monitor', argv: string[], environment: Record<string, string> = {}): Process {
  const child = spawn(process.execPath, ['--import', 'tsx', `tools/${tool}.ts`, ...argv], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (data: Buffer) => (output += data.toString()));
  const ended = once(child, 'close').then(([code]) => code as number | null);
  return { child, output: () => output, ended };
}

const argvFor = (port: string) => ['--port', port, '--bundle', bundle('1.0.0'), '--wifi-ssid', 'Home', '--broker', 'a'];

test('flashes a board and ends with 0', LIMIT, () =>
  withBoard({}, async (board, port) => {
    const { ended, output } = start('flash', argvFor(port), { LIGHT_WIFI_PASSWORD: PASSWORD });
    assert.equal(await ended, EXIT.ok, output());
    assert.deepEqual(present(board), wholeRun('1.0.0'));
    assert.doesNotMatch(output(), new RegExp(PASSWORD));
  }),
);

test('ends with the documented code and one line, without a stack trace', LIMIT, async () => {
  for (const [argv, code, words] of [
    [['--help'], EXIT.ok, /Exit codes/],
    [['--nonsense'], EXIT.badArguments, /^flash: Unknown option '--nonsense' \(see --help\)\n$/],
    [
      [...argvFor('/dev/nowhere'), '--wifi-password', ''],
      EXIT.noSuchPort,
      /nowhere ✗ open +\/dev\/nowhere: no such port/,
    ],
  ] as const) {
    const { ended, output } = start('flash', [...argv]);
    assert.equal(await ended, code, output());
    assert.match(output(), words);
    assert.doesNotMatch(output(), /\n {4}at /);
  }
});

test(
  'hides a password that stands on its command line',
  { ...LIMIT, skip: !existsSync('/proc/self/cmdline') && 'needs /proc' },
  () =>
    withBoard({ faults: { isSilent: true } }, async (board, port) => {
      const { child, ended } = start('flash', [...argvFor(port), '--wifi-password', PASSWORD]);
      assert.ok(await until(() => board.received() > 0, 20_000), 'it talks to the board');
      assert.doesNotMatch(readFileSync(`/proc/${child.pid}/cmdline`, 'latin1'), new RegExp(PASSWORD));
      child.kill('SIGINT');
      assert.equal(await ended, EXIT.interrupted);
    }),
);

test(
  'ends at once at Ctrl-C while it waits for a boot loader that has died',
  { ...LIMIT, skip: NEEDS_SOCAT.skip },
  () =>
    withChip({ faults: { diesAfterBlocks: 3 } }, async (path, chip) => {
      const archive = zipOf(interpreterFiles());
      const { child, ended, output } = start('flash', [
        '--interpreter',
        archive,
        ...argvFor(path),
        '--wifi-password',
        '',
      ]);
      assert.ok(await until(() => chip.log.includes('compressedData'), 20_000), output());
      child.kill('SIGINT');
      const begin = Date.now();
      assert.equal(await ended, EXIT.interrupted, output());
      assert.match(output(), /stopped: the chip has no whole interpreter/);
      assert.ok(Date.now() - begin < 10_000, 'no wait of up to a minute goes on behind it');
    }),
);

test('monitor shows the console until Ctrl-C', LIMIT, () =>
  withBoard({}, async (board, port) => {
    const { child, ended, output } = start('monitor', ['--port', port]);
    assert.ok(await until(() => output().includes('connected'), 20_000));
    board.printLine('light on');
    assert.ok(await until(() => output().includes('light on'), 5_000), output());
    child.kill('SIGINT');
    assert.equal(await ended, EXIT.ok, output());
  }),
);

test('monitor refuses a port that is not there', LIMIT, async () => {
  const { ended, output } = start('monitor', ['--port', '/dev/nowhere']);
  assert.equal(await ended, EXIT.noSuchPort);
  assert.match(output(), /^monitor: \/dev\/nowhere: no such port/);
});

test(
  'says in a line that udevadm is missing, and what to do',
  { ...LIMIT, skip: process.platform !== 'linux' && 'only Linux asks udevadm' },
  async () => {
    const { ended, output } = start('flash', ['--list'], { PATH: '/nowhere' });
    assert.equal(await ended, EXIT.noSuchPort);
    assert.match(
      output(),
      /^flash: cannot look for boards \(udevadm is not installed\): name the port, such as --port \S+\n$/,
    );
  },
);
