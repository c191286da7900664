import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHandClock } from '../../sim/time/handClock.ts';

function trace() {
  const clock = createHandClock();
  const fired: string[] = [];
  return { clock, fired, note: (name: string) => () => void fired.push(`${name}@${clock.nowMs()}`) };
}

test('starts in 1970 and stands still until it is moved', () => {
  const { clock } = trace();
  assert.equal(clock.getTime(), 0);
  clock.advance(1500);
  assert.equal(clock.getTime(), 1.5);
});

test('fires each timer at its own time, the earliest first', () => {
  const { clock, fired, note } = trace();
  clock.setTimeout(note('late'), 30);
  clock.setTimeout(note('early'), 10);
  clock.advance(40);
  assert.deepEqual(fired, ['early@10', 'late@30']);
  assert.equal(clock.pending(), 0);
});

test('fires a timer that a timer has set within the same advance', () => {
  const { clock, fired, note } = trace();
  clock.setTimeout(() => clock.setTimeout(note('inner'), 10), 10);
  clock.advance(20);
  assert.deepEqual(fired, ['inner@20']);
});

test('repeats an interval until it is cleared', () => {
  const { clock, fired, note } = trace();
  const id = clock.setInterval(note('tick'), 10);
  clock.advance(25);
  clock.clearInterval(id);
  clock.advance(25);
  assert.deepEqual(fired, ['tick@10', 'tick@20']);
});

test('fires what fell due during a block late, in the order of creation and not of due times', () => {
  const { clock, fired, note } = trace();
  clock.setTimeout(note('first'), 60);
  clock.setTimeout(note('second'), 20);
  clock.block(200);
  assert.deepEqual(fired, []);
  clock.advance(0);
  assert.deepEqual(fired, ['first@200', 'second@200']);
});

test('refuses to clear undefined, as the chip does', () => {
  const { clock } = trace();
  assert.throws(() => clock.clearTimeout(undefined as never), /clearTimeout\(undefined\) not allowed/);
  assert.throws(() => clock.clearInterval(undefined as never), /clearInterval\(undefined\) not allowed/);
});

test('clears every timer when no identifier is given', () => {
  const { clock } = trace();
  clock.setTimeout(() => {}, 10);
  clock.setInterval(() => {}, 10);
  (clock.clearTimeout as () => void)();
  assert.equal(clock.pending(), 0);
});

test('gives the identifier of a timer that has fired to the next one, so that a late clear ends the wrong timer', () => {
  const { clock, fired, note } = trace();
  const stale = clock.setTimeout(note('stale'), 10);
  clock.advance(10);
  const fresh = clock.setTimeout(note('fresh'), 10);
  assert.equal(fresh, stale);
  clock.clearTimeout(stale);
  clock.advance(20);
  assert.deepEqual(fired, ['stale@10']);
});

test('knows how many timers wait and when the next is due', () => {
  const { clock } = trace();
  assert.equal(clock.nextInMs(), undefined);
  clock.setTimeout(() => {}, 50);
  clock.setTimeout(() => {}, 20);
  clock.advance(5);
  assert.equal(clock.pending(), 2);
  assert.equal(clock.nextInMs(), 15);
});

test('throws the exception of a callback, and that timer is gone', () => {
  const { clock } = trace();
  clock.setTimeout(() => {
    throw new Error('boom');
  }, 10);
  assert.throws(() => clock.advance(10), /boom/);
  assert.equal(clock.pending(), 0);
});
