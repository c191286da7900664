import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHandClock } from '../../sim/time/handClock.ts';
import { createFade } from '../../src/fade.ts';

/** A fade, what it has shown and when. */
function bench() {
  const clock = createHandClock();
  let skewS = 0;
  const shown: { atMs: number; level: number }[] = [];
  const fade = createFade({ ...clock, getTime: () => clock.getTime() + skewS }, (level) =>
    shown.push({ atMs: clock.nowMs(), level }),
  );
  return {
    clock,
    fade,
    shown,
    level: () => shown.at(-1)?.level,
    /** Somebody sets the clock. */
    skew: (seconds: number) => (skewS += seconds),
  };
}

/** Whether every value is at least as large as the one before. */
const rises = (values: number[]): boolean => values.every((value, index) => index === 0 || value >= values[index - 1]!);

test('without a duration it is there at once, and no timer is left', () => {
  const { fade, shown, clock } = bench();
  fade.to(200, 0);
  assert.deepEqual(shown, [{ atMs: 0, level: 200 }]);
  assert.equal(clock.pending(), 0);
});

test('goes up evenly, in steps that no eye sees, to exactly the level it was given', () => {
  const { fade, shown, clock, level } = bench();
  fade.to(255, 2);
  clock.advance(1000);
  assert.ok(Math.abs(level()! - 127.5) < 6, `${level()}`);
  clock.advance(1100);
  assert.equal(level(), 255);
  assert.equal(clock.pending(), 0);
  assert.ok(rises(shown.map((step) => step.level)));
  assert.ok(shown.length >= 40);
  const gaps = shown.slice(1).map((step, index) => step.atMs - shown[index]!.atMs);
  assert.ok(Math.max(...gaps) <= 50);
});

test('goes down as well as up', () => {
  const { fade, shown, clock } = bench();
  fade.to(200, 0);
  fade.to(0, 1);
  clock.advance(1100);
  assert.ok(rises(shown.slice(1).map((step) => -step.level)));
  assert.equal(shown.at(-1)?.level, 0);
});

test('a second fade starts from what the lamp shows, and only one is under way', () => {
  const { fade, shown, clock } = bench();
  fade.to(200, 2);
  clock.advance(1000);
  const before = shown.at(-1)!.level;
  fade.to(0, 2);
  assert.ok(Math.abs(shown.at(-1)!.level - before) < 5);
  assert.equal(clock.pending(), 1);
  clock.advance(1000);
  assert.ok(Math.abs(shown.at(-1)!.level - before / 2) < 6);
  clock.advance(1100);
  assert.equal(shown.at(-1)!.level, 0);
});

test('a step without duration ends a fade', () => {
  const { fade, shown, clock } = bench();
  fade.to(255, 10);
  clock.advance(500);
  fade.to(10, 0);
  const count = shown.length;
  clock.advance(20_000);
  assert.equal(shown.length, count);
  assert.equal(shown.at(-1)!.level, 10);
});

test('is where it belongs after a call that has blocked the whole chip', () => {
  const { fade, clock, level } = bench();
  fade.to(255, 20);
  clock.advance(1000);
  clock.block(9000);
  clock.advance(100);
  assert.ok(Math.abs(level()! - 128) < 6, `${level()}`);
  clock.block(18_000);
  clock.advance(0);
  assert.equal(level(), 255);
});

for (const seconds of [-1e6, 1e6]) {
  test(`ends at its level when somebody sets the clock ${seconds < 0 ? 'back' : 'forward'}`, () => {
    const { fade, clock, level, skew } = bench();
    fade.to(255, 10);
    clock.advance(1000);
    skew(seconds);
    clock.advance(100);
    assert.equal(level(), 255);
    assert.equal(clock.pending(), 0);
  });
}

for (const before of [0, 80, 255]) {
  test(`blinks for 5 s, twice a second, and returns to ${before}`, () => {
    const { fade, shown, clock } = bench();
    fade.to(before, 0);
    shown.length = 0;
    fade.blink();
    clock.advance(4990);
    assert.ok(shown.every((step) => step.level === 0 || step.level === 255));
    const turns = shown.filter((step, index) => index > 0 && step.level !== shown[index - 1]!.level);
    assert.equal(turns.length, 19);
    clock.advance(60);
    assert.equal(shown.at(-1)!.level, before);
    assert.equal(clock.pending(), 0);
  });
}

test('a blink in the middle of a fade returns to where the fade was going', () => {
  const { fade, clock, level } = bench();
  fade.to(200, 10);
  clock.advance(1000);
  fade.blink();
  clock.advance(5100);
  assert.equal(level(), 200);
  assert.equal(clock.pending(), 0);
});

test('a blink during a blink makes it longer, and returns to the level before both', () => {
  const { fade, clock, level } = bench();
  fade.to(80, 0);
  fade.blink();
  clock.advance(3000);
  fade.blink();
  clock.advance(4900);
  assert.notEqual(level(), 80);
  clock.advance(200);
  assert.equal(level(), 80);
});

test('a new level ends a blink, and a fade then starts from the level before it', () => {
  const { fade, shown, clock } = bench();
  fade.to(100, 0);
  fade.blink();
  clock.advance(1000);
  fade.to(200, 2);
  assert.equal(shown.at(-1)!.level, 100);
  const from = shown.length;
  clock.advance(10_000);
  assert.ok(rises(shown.slice(from).map((step) => step.level)));
  assert.equal(shown.at(-1)!.level, 200);
  assert.equal(clock.pending(), 0);
});
