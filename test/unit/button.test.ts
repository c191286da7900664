import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHandClock } from '../../sim/time/handClock.ts';
import { createPins } from '../../sim/board/pins.ts';
import { createButton } from '../../src/button.ts';

/** A button to ground on D4, and what its listener was told. */
function bench() {
  const clock = createHandClock();
  const pins = createPins({ nowMs: clock.nowMs, wake: () => {} });
  const told: string[] = [];
  createButton({ ...clock, ...pins } as Parameters<typeof createButton>[0], pins.pin('D4'), {
    onPress: () => told.push(`press at ${clock.nowMs()}`),
    onLongPress: () => told.push(`long press at ${clock.nowMs()}`),
  });
  const probe = pins.probe('D4');
  /** Holds the contact for a time, with the idle turns of the chip. */
  const hold = (level: 0 | undefined, ms: number) => {
    probe.drive(level);
    for (let passed = 0; passed < ms; passed += 1) {
      clock.advance(1);
      pins.idle((callback) => callback());
    }
  };
  return { clock, probe, told, hold, down: (ms: number) => hold(0, ms), up: (ms: number) => hold(undefined, ms) };
}

test('pulls its pin up, and says nothing by itself', () => {
  const { probe, told, up } = bench();
  assert.equal(probe.mode(), 'input_pullup');
  up(1000);
  assert.deepEqual(told, []);
});

test('a press tells once, when it goes down; letting go tells nothing', () => {
  const { told, down, up } = bench();
  down(300);
  assert.equal(told.length, 1);
  up(300);
  assert.equal(told.length, 1);
});

test('two presses tell twice', () => {
  const { told, down, up } = bench();
  for (let press = 0; press < 2; press += 1) {
    down(150);
    up(150);
  }
  assert.equal(told.length, 2);
});

test('a bouncing contact tells once, at its end bouncing too', () => {
  const { told, down, up } = bench();
  for (const ms of [3, 7, 2, 9, 1]) {
    down(ms);
    up(ms);
  }
  down(300);
  for (const ms of [4, 1, 8]) {
    up(ms);
    down(ms);
  }
  up(300);
  assert.equal(told.length, 1);
});

test('a spark shorter than the debounce time is no press', () => {
  const { told, down, up } = bench();
  down(20);
  up(500);
  assert.deepEqual(told, []);
});

test('ten seconds are a long press, once, however long it is held', () => {
  const { told, down, up } = bench();
  down(30_000);
  up(1000);
  assert.equal(told.length, 2);
  assert.match(told[0]!, /^press/);
  const [atMs] = /\d+/.exec(told[1]!) ?? [];
  assert.match(told[1]!, /^long press/);
  assert.ok(Math.abs(Number(atMs) - 10_050) < 50, told[1]);
});

test('a little less than ten seconds is no long press, and leaves no timer', () => {
  const { told, clock, down, up } = bench();
  down(9900);
  up(20_000);
  assert.equal(told.length, 1);
  assert.equal(clock.pending(), 0);
});

test('many short presses do not add up to a long one', () => {
  const { told, down, up } = bench();
  for (let press = 0; press < 15; press += 1) {
    down(900);
    up(100);
  }
  assert.deepEqual(
    told.filter((line) => line.startsWith('long')),
    [],
  );
});

test('works on after a long press', () => {
  const { told, down, up } = bench();
  down(11_000);
  up(200);
  down(200);
  assert.equal(told.filter((line) => line.startsWith('press')).length, 2);
});

test('letting go after a long press clears no timer of somebody else', () => {
  const { clock, told, down, up } = bench();
  down(10_050);
  assert.match(told.at(-1)!, /^long press/);
  let isFired = false;
  clock.setTimeout(() => (isFired = true), 1000);
  up(2000);
  assert.ok(isFired);
});

test('a press that ends while the chip is blocked is no long press, although its timer comes first', () => {
  const { clock, probe, told, down, up } = bench();
  down(300);
  probe.drive(undefined);
  clock.advance(15_000);
  up(300);
  assert.equal(told.length, 1);
});
