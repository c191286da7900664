// `npm run update` and `npm run configure` as processes: exit codes, Ctrl-C, and passwords that no process list shows.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { until } from '../../tools/flash/until.ts';
import { EXIT } from '../../tools/update/exits.ts';
import { image, lightsAt, MASTER_KEY, startBroker } from '../support/updating.ts';

const LIMIT = { timeout: 60_000 };

function start(tool: 'update' | 'configure', ...argv: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', `tools/${tool}.ts`, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (data: Buffer) => (output += data.toString()));
  return { child, output: () => output, ended: once(child, 'close').then(([code]) => code as number | null) };
}

test('explain themselves, and refuse wrong calls in one line', LIMIT, async () => {
  for (const tool of ['update', 'configure'] as const) {
    const help = start(tool, '--help');
    assert.equal(await help.ended, EXIT.ok);
    assert.match(help.output(), new RegExp(`^Usage: npm run ${tool} -- --broker HOST`));
    const wrong = start(tool, '--nonsense');
    assert.equal(await wrong.ended, EXIT.badArguments);
    assert.equal(wrong.output(), `${tool}: Unknown option '--nonsense' (see --help)\n`);
  }
});

test(
  'Ctrl-C ends it with 130 and says what goes on; meanwhile no process list shows the password',
  LIMIT,
  async (t) => {
    const broker = await startBroker(t);
    const { left } = await lightsAt(t, broker, { left: { waitsAtChunk: 3 } });
    const access = ['--broker', `127.0.0.1:${broker.port}`, '--master-key', MASTER_KEY, '--username', 'me'];
    const argv = [...access, '--password', 'correct horse', '--name', 'left', '--bundle', image('2.0.0')];
    const { child, ended, output } = start('update', ...argv);
    assert.ok(await until(() => left.log.includes('offered 2.0.0'), 30_000), output());
    const list = `/proc/${child.pid}/cmdline`;
    if (existsSync(list)) assert.doesNotMatch(readFileSync(list, 'latin1'), /correct horse/);
    child.kill('SIGINT');
    assert.equal(await ended, EXIT.interrupted);
    assert.match(output(), /goes on by itself\nthe image stays at the broker for left: run this again to finish\n$/);
  },
);
