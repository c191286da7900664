// A program that is to be a broker, and never listens.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDaemon, freePort } from '../../sim/broker/daemon.ts';

test('a start that is ended leaves neither process nor folder', { timeout: 60_000 }, async () => {
  const stop = new AbortController();
  let made = '';
  const starting = createDaemon({
    ...{ name: 'sleep', port: await freePort(), limitMs: 300_000, signal: stop.signal },
    prepare(folder) {
      made = folder;
      return { args: ['3600.125'] };
    },
  });
  const isAlive = (): boolean => spawnSync('pgrep', ['-f', 'sleep 3600.125']).status === 0;
  const ended = assert.rejects(starting);
  while (!isAlive()) await sleep(20);
  stop.abort();
  await ended;
  assert.ok(!isAlive());
  assert.ok(!existsSync(made));
});
