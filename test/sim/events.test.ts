import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEvents } from '../../sim/board/events.ts';

function bench() {
  let wakes = 0;
  const events = createEvents(() => (wakes += 1));
  const run = (isHeld = () => false) => events.run((call) => call(), isHeld);
  return { events, run, wakes: () => wakes };
}

test('emit queues, and wakes the idle loop', () => {
  const { events, run, wakes } = bench();
  const target = events.methods({});
  const seen: unknown[] = [];
  target.on('a', (value: unknown) => seen.push(value));
  target.emit('a', 1);
  assert.deepEqual(seen, []);
  assert.equal(wakes(), 1);
  run();
  assert.deepEqual(seen, [1]);
});

test('a queued event reaches a listener that was removed meanwhile', () => {
  const { events, run } = bench();
  const target = events.methods({});
  let calls = 0;
  target.on('a', () => (calls += 1));
  target.emit('a');
  target.removeAllListeners('a');
  run();
  assert.equal(calls, 1);
  target.emit('a');
  run();
  assert.equal(calls, 1);
});

test('a listener that is added by a listener does not get the same event', () => {
  const { events, run } = bench();
  const target = events.methods({});
  let calls = 0;
  target.on('a', () => target.on('a', () => (calls += 1)));
  target.emit('a');
  run();
  assert.equal(calls, 0);
});

test('removes one listener of several', () => {
  const { events, run } = bench();
  const target = events.methods({});
  const seen: string[] = [];
  const first = () => seen.push('first');
  target.on('a', first);
  target.prependListener('a', () => seen.push('before'));
  target.removeListener('a', first);
  target.emit('a');
  run();
  assert.deepEqual(seen, ['before']);
});

test('leaves the rest in the queue when a call holds the interpreter', () => {
  const { events, run } = bench();
  let held = false;
  const seen: number[] = [];
  events.queue(() => {
    seen.push(1);
    held = true;
  });
  events.queue(() => seen.push(2));
  run(() => held);
  assert.deepEqual(seen, [1]);
  run();
  assert.deepEqual(seen, [1, 2]);
});

test('refuses what the chip refuses', () => {
  const { events } = bench();
  const target = events.methods({});
  assert.throws(() => target.on('a', undefined), /Second argument/);
  assert.throws(() => target.on(5 as never, () => {}), /First argument/);
  assert.throws(() => target.emit('a', 1, 2, 3, 4, 5), /Too many arguments/);
});
