import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHandClock } from '../../sim/time/handClock.ts';
import { createPins } from '../../sim/board/pins.ts';
import type { WatchEvent } from '../../sim/board/watch.ts';

/** Pins whose idle turns the virtual clock runs, each millisecond. */
function bench() {
  const clock = createHandClock();
  const pins = createPins({ nowMs: clock.nowMs, wake: () => {} });
  const turn = (ms: number) => {
    for (let passed = 0; passed < ms; passed += 1) {
      clock.advance(1);
      pins.idle((callback) => callback());
    }
  };
  return { clock, pins, turn };
}

test('records every write with its time, equal ones too', () => {
  const { clock, pins } = bench();
  pins.pin('D5').write(1);
  clock.advance(10);
  pins.digitalWrite(pins.pin('D5'), true);
  pins.digitalWrite('D5', 0);
  assert.deepEqual(pins.probe('D5').history, [
    { timeMs: 0, duty: 1, pwm: false },
    { timeMs: 10, duty: 1, pwm: false },
    { timeMs: 10, duty: 0, pwm: false },
  ]);
});

test('rounds a PWM duty down to 10 bits and clamps it', () => {
  const { pins } = bench();
  const probe = pins.probe(5);
  pins.analogWrite('D5', 0.3337, { freq: 1000 });
  assert.deepEqual(probe.history.at(-1), { timeMs: 0, duty: 341 / 1024, pwm: true, freq: 1000 });
  pins.analogWrite('D5', 7);
  assert.equal(probe.duty(), 1);
  pins.analogWrite('D5', NaN);
  assert.equal(probe.duty(), 0);
});

test('calls a listener at each change until it leaves', () => {
  const { pins } = bench();
  const seen: number[] = [];
  const leave = pins.probe('D5').onChange((change) => seen.push(change.duty));
  pins.pin('D5').set();
  leave();
  pins.pin('D5').reset();
  assert.deepEqual(seen, [1]);
});

test('throws for a pin that an ESP32 does not have', () => {
  const { pins } = bench();
  for (const name of ['D40', 'LED1', '', undefined]) assert.throws(() => pins.pin(name), /Invalid pin/);
});

test('reads what drives an input from outside, its pull otherwise', () => {
  const { pins } = bench();
  assert.equal(pins.digitalRead('D4'), 0);
  pins.pinMode('D4', 'input_pullup');
  assert.equal(pins.digitalRead('D4'), 1);
  pins.probe('D4').drive(0);
  assert.equal(pins.pin('D4').read(), false);
  assert.equal(pins.digitalRead('D0'), 1, 'the BOOT button has its pull-up on the board');
});

test('reports a watched edge in the next idle turn, not at once', () => {
  const { pins, turn } = bench();
  const seen: WatchEvent[] = [];
  pins.setWatch((event) => seen.push(event as WatchEvent), 'D4', { repeat: true, edge: 'rising' });
  pins.probe('D4').drive(1);
  assert.equal(seen.length, 0);
  turn(1);
  pins.probe('D4').drive(0);
  turn(1);
  assert.deepEqual(seen, [{ state: true, time: 0, lastTime: undefined, pin: 'D4' }]);
});

test('forgets a watch that is not to repeat after its first report', () => {
  const { pins, turn } = bench();
  let count = 0;
  pins.setWatch(() => (count += 1), 'D4', false);
  for (const level of [1, 0, 1] as const) {
    pins.probe('D4').drive(level);
    turn(1);
  }
  assert.equal(count, 1);
});

test('debounces: a bouncing contact gives one report, after it has been still', () => {
  const { pins, turn, clock } = bench();
  const seen: number[] = [];
  pins.setWatch(() => seen.push(clock.nowMs()), 'D0', { repeat: true, edge: 'falling', debounce: 25 });
  for (let bounce = 0; bounce < 4; bounce += 1) {
    pins.probe('D0').drive(1);
    pins.probe('D0').drive(0);
    turn(5);
  }
  assert.deepEqual(seen, []);
  turn(40);
  assert.deepEqual(seen, [40]);
});

test('a glitch shorter than the debounce time is no report', () => {
  const { pins, turn } = bench();
  let count = 0;
  pins.setWatch(() => (count += 1), 'D0', { repeat: true, edge: 'both', debounce: 25 });
  pins.probe('D0').drive(0);
  turn(5);
  pins.probe('D0').drive(1);
  turn(100);
  assert.equal(count, 0);
});

test('presets rising edge and 25 ms for the button of the board', () => {
  const { pins, turn } = bench();
  const seen: boolean[] = [];
  pins.setWatch((event) => seen.push((event as WatchEvent).state), 'D0', true);
  pins.probe('D0').drive(0);
  turn(30);
  pins.probe('D0').drive(1);
  turn(30);
  assert.deepEqual(seen, [true]);
});

test('reports a press that was held over a block late, with the time it happened', () => {
  const { pins, turn, clock } = bench();
  const seen: WatchEvent[] = [];
  pins.setWatch((event) => seen.push(event as WatchEvent), 'D0', { repeat: true, edge: 'falling', debounce: 25 });
  clock.advance(100);
  pins.probe('D0').drive(0);
  clock.block(18_000);
  turn(1);
  assert.equal(seen.length, 1);
  assert.equal(seen[0]?.time, 0.1);
});

test('refuses an unknown edge and clearing undefined', () => {
  const { pins } = bench();
  assert.throws(() => pins.setWatch(() => {}, 'D4', { edge: 'sideways' }), /'edge' in setWatch/);
  assert.throws(() => pins.clearWatch(undefined), /clearWatch\(undefined\) not allowed/);
});

test('a reset lets the pins float and forgets the watches, and keeps the history', () => {
  const { pins, turn } = bench();
  let count = 0;
  pins.setWatch(() => (count += 1), 'D4', true);
  pins.pin('D5').set();
  pins.reset();
  pins.probe('D4').drive(1);
  turn(5);
  assert.equal(count, 0);
  assert.equal(pins.probe('D5').mode(), 'input');
  assert.equal(pins.probe('D5').history.length, 1);
});

test('an input that the program has set drives nothing when it is written to', () => {
  const { pins } = bench();
  const probe = pins.probe('D5');
  pins.pinMode('D5', 'input_pullup');
  pins.pin('D5').write(1);
  assert.deepEqual([probe.duty(), probe.mode(), probe.history.length], [0, 'input_pullup', 0]);
  pins.pinMode('D5', 'output');
  assert.equal(probe.duty(), 1, 'the level was remembered');
});

test('PWM drives a pin whatever its mode, and from then on a write does too', () => {
  const { pins } = bench();
  const probe = pins.probe('D5');
  pins.pinMode('D5', 'input');
  pins.analogWrite('D5', 0.5);
  assert.deepEqual([probe.duty(), probe.mode()], [0.5, 'input']);
  pins.pin('D5').write(1);
  assert.equal(probe.duty(), 1);
});

test('to read a pin whose mode is not set makes an input of it', () => {
  const { pins } = bench();
  pins.pin('D5').write(1);
  pins.pin('D5').read();
  assert.deepEqual([pins.probe('D5').duty(), pins.probe('D5').mode()], [0, 'input']);
  pins.pinMode('D5', 'output');
  pins.pin('D5').write(1);
  assert.equal(pins.pin('D5').read(), true);
  assert.equal(pins.probe('D5').duty(), 1);
});

test('a watch makes an input of its pin', () => {
  const { pins } = bench();
  pins.pin('D5').write(1);
  pins.setWatch(() => {}, 'D5', true);
  assert.equal(pins.probe('D5').duty(), 0);
});

test('an unknown mode throws', () => {
  const { pins } = bench();
  assert.throws(() => pins.pinMode('D5', 'sideways'), /Unknown pin mode/);
});
