// A pseudo-terminal, which works like a serial port, in front of a TCP port; by socat.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../../tools/flash/until.ts';

const hasSocat = spawnSync('socat', ['-V']).error === undefined;

/** Options of a test that needs a terminal. */
export const NEEDS_SOCAT = { skip: !hasSocat && 'needs socat', timeout: 60_000 };

/** Runs a test with a pseudo-terminal whose other end is a TCP port. */
export async function withTerminal(
  port: string,
  run: (path: string, unplug: () => void) => Promise<void>,
): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'tty-'));
  const path = join(directory, 'ttyBoard');
  const socat = spawn('socat', [`pty,raw,echo=0,link=${path}`, port.replace('tcp://', 'tcp:')]);
  const ended = once(socat, 'exit');
  try {
    assert.ok(await until(() => existsSync(path), 5_000), 'socat makes the terminal');
    await run(path, () => socat.kill());
  } finally {
    socat.kill();
    await ended;
    rmSync(directory, { recursive: true });
  }
}
