import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLamp } from '../support/lamp.ts';

/** One step of the chip's 10-bit PWM. */
const STEP = 1 / 1024;

/** Every level that is neither dark nor full. */
const BETWEEN = Array.from({ length: 254 }, (_, index) => index + 1);

/** How much of the lamp's power each level gives. */
function powers(lamp: ReturnType<typeof createLamp>, activeLow = false): number[] {
  return BETWEEN.map((level) => {
    lamp.show(level);
    return activeLow ? 1 - lamp.probe.duty() : lamp.probe.duty();
  });
}

test('leaves its pin alone until it is told a level', () => {
  for (const activeLow of [false, true]) assert.deepEqual(createLamp({ activeLow }).probe.history, []);
});

for (const activeLow of [false, true]) {
  const name = activeLow ? 'where a low level lights it' : 'where a high level lights it';

  test(`is really off and really on, without PWM, ${name}`, () => {
    const { show, probe } = createLamp({ activeLow });
    for (const level of [255, 300, 0, -1]) {
      show(100);
      show(level);
      assert.deepEqual(probe.history.at(-1), { timeMs: 0, duty: level > 0 === activeLow ? 0 : 1, pwm: false });
    }
  });

  test(`is dimmed by PWM, brighter with every level and never quite dark or full, ${name}`, () => {
    const lamp = createLamp({ activeLow });
    const given = powers(lamp, activeLow);
    assert.ok(lamp.probe.history.every((change) => change.pwm));
    assert.deepEqual(
      given,
      [...given].sort((a, b) => a - b),
    );
    assert.ok(given[0]! >= STEP && given.at(-1)! < 1);
  });

  test(`follows the eye: half the level is a fifth of the power, ${name}`, () => {
    const given = powers(createLamp({ activeLow }), activeLow);
    BETWEEN.forEach((level, index) => {
      const expected = (level / 255) ** 2.2;
      assert.ok(Math.abs(given[index]! - expected) <= 2 * STEP, `level ${level}: ${given[index]} for ${expected}`);
    });
  });
}

test('leaves no two levels from 42 up alike: below that, 10 bits have no more', () => {
  const given = powers(createLamp()).slice(41);
  assert.equal(new Set(given).size, given.length);
});

test('a relay never sees PWM: anything but dark is full power', () => {
  for (const activeLow of [false, true]) {
    const { show, probe } = createLamp({ activeLow, dimmable: false });
    for (const level of [1, 128, 255, 0.5, 0]) show(level);
    const levels = probe.history.map((change) => change.duty !== Number(activeLow));
    assert.deepEqual(levels, [true, true, true, true, false]);
    assert.ok(probe.history.every((change) => !change.pwm));
  }
});
