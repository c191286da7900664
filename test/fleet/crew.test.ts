// The processes of the lights: one that cannot start, or dies under an order, is a loss and no stack trace.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createCrew } from '../../tools/fleet/crew.ts';

test('a process that does not start is a loss in one line', async (t) => {
  const { execPath } = process;
  t.after(() => (process.execPath = execPath));
  process.execPath = '/nowhere/node';
  const setup = { brokers: [], firmware: '', spreadS: 1, keepAliveS: 30 };
  const loss = new Promise<Error>((onLoss) => {
    const crew = createCrew({ nodes: 1, workers: 1, setup, onEvent() {}, onLoss });
    t.after(() => crew.dispose());
  });
  assert.match((await loss).message, /^a process of the lights cannot be reached \(.*\): too little memory\?$/);
});
