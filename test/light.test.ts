import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLight } from '../src/light.ts';
import { createLamp } from './lamp.ts';

/** A light on a virtual pin: what it logged, and each state that it reported. */
function bench({ dimmable = true, activeLow = false } = {}) {
  const lamp = createLamp({ dimmable, activeLow });
  const log: string[] = [];
  const states: string[] = [];
  const light = createLight({
    fade: lamp.fade,
    log: (line) => log.push(line),
    dimmable,
    onChange: () => states.push(light.state()),
  });
  return { ...lamp, light, log, states };
}

test('is off at first, and says so without having changed', () => {
  const { light, states, probe } = bench();
  assert.deepEqual(JSON.parse(light.state()), { state: 'OFF', brightness: 255 });
  assert.deepEqual(states, []);
  assert.equal(probe.duty(), 0);
});

test('obeys the words of the original program', () => {
  const { light, probe } = bench();
  const shown = ['on', 'ON', 'off', 'toggle', 'Toggle', 'on', 'whatever'].map((word) => {
    light.command(word);
    return probe.duty();
  });
  assert.deepEqual(shown, [1, 1, 0, 1, 0, 1, 0]);
});

test('reports and logs each change once, and no command that changes nothing', () => {
  const { light, states, log } = bench();
  for (const word of ['off', 'on', 'on', '{"state":"ON","brightness":255}', 'off', 'off']) light.command(word);
  assert.deepEqual(states, ['{"state":"ON","brightness":255}', '{"state":"OFF","brightness":255}']);
  assert.deepEqual(log, ['light on', 'light off']);
});

test('a brightness turns the lamp on, and is kept while it is off', () => {
  const { light, states, probe } = bench();
  light.command('{"brightness":100}');
  const duty = probe.duty();
  assert.ok(duty > 0 && duty < 1);
  light.command('off');
  assert.equal(probe.duty(), 0);
  light.command('toggle');
  assert.equal(probe.duty(), duty);
  assert.deepEqual(
    states.map((state) => JSON.parse(state) as unknown),
    ['ON', 'OFF', 'ON'].map((state) => ({ state, brightness: 100 })),
  );
});

test('brightness 0 is off, and the brightness before it is kept', () => {
  const { light, probe } = bench();
  for (const zero of ['{"brightness":0}', '{"state":"ON","brightness":0}', '{"state":"TOGGLE","brightness":0}']) {
    light.command('{"brightness":100}');
    light.command(zero);
    assert.deepEqual(JSON.parse(light.state()), { state: 'OFF', brightness: 100 });
    assert.deepEqual(probe.history.at(-1), { timeMs: 0, duty: 0, pwm: false });
  }
});

test('the smallest brightness above 0 is light', () => {
  const { light, probe } = bench();
  light.command('{"brightness":0.001}');
  assert.equal(JSON.parse(light.state()).brightness, 1);
  assert.ok(probe.duty() > 0);
});

test('reports the brightness as a whole number', () => {
  const { light } = bench();
  light.command('{"brightness":127.5}');
  assert.equal(JSON.parse(light.state()).brightness, 128);
});

test('a transition takes its time on the lamp, and none on the report', () => {
  const { light, probe, clock, states } = bench();
  light.command('{"state":"ON","transition":2}');
  assert.equal(states.length, 1);
  clock.advance(1000);
  assert.ok(probe.duty() > 0 && probe.duty() < 1);
  clock.advance(1050);
  assert.deepEqual({ ...probe.history.at(-1), timeMs: 0 }, { timeMs: 0, duty: 1, pwm: false });
  light.command('{"state":"OFF","transition":1}');
  assert.ok(probe.duty() > 0);
  clock.advance(1050);
  assert.equal(probe.duty(), 0);
  assert.equal(states.length, 2);
});

test('a command in the middle of a transition is obeyed at once', () => {
  const { light, probe, clock } = bench();
  light.command('{"state":"ON","transition":60}');
  clock.advance(5000);
  light.command('off');
  assert.equal(probe.duty(), 0);
  clock.advance(60_000);
  assert.equal(probe.duty(), 0);
});

test('blinking is no change of state', () => {
  const { light, probe, clock, states, log } = bench();
  light.command('{"effect":"blink"}');
  clock.advance(5100);
  assert.equal(probe.duty(), 0);
  assert.deepEqual([states, log], [[], []]);
});

test('blinks and then shows what the same command asked for', () => {
  const { light, probe, clock, states } = bench();
  light.command('{"state":"ON","effect":"blink"}');
  clock.advance(300);
  assert.equal(probe.duty(), 0);
  clock.advance(5000);
  assert.equal(probe.duty(), 1);
  assert.equal(states.length, 1);
});

test('a light without brightness is switched, reports no brightness and takes no transition', () => {
  const { light, probe, clock, states } = bench({ dimmable: false });
  for (const command of ['{"state":"ON","transition":5}', '{"brightness":3}', '{"effect":"blink"}', 'off']) {
    light.command(command);
    assert.equal(probe.duty(), command === 'off' ? 0 : 1);
  }
  clock.advance(10_000);
  assert.deepEqual(states, ['{"state":"ON"}', '{"state":"OFF"}']);
  assert.ok(probe.history.every((change) => !change.pwm));
});

test('a bad command changes nothing and costs one line that quotes its beginning', () => {
  const { light, probe, states, log } = bench();
  light.command('{"brightness":77}');
  const before = [light.state(), probe.history.length, states.length];
  log.length = 0;
  for (const bad of ['{"brightness":256}', '{"state":"ON"}x', `{"${'\xff'.repeat(1000)}`]) light.command(bad);
  assert.deepEqual([light.state(), probe.history.length, states.length], before);
  assert.equal(log.length, 3);
  assert.match(log[0]!, /^command ignored: .*brightness/);
  assert.ok(log.every((line) => line.length < 300 && !line.includes('\n')));
});

for (const before of [['on'], ['off'], ['{"brightness":3}'], ['{"brightness":3}', 'off']]) {
  test(`its state is a command that gives the same state to another light: after ${before.join(', ')}`, () => {
    const { light } = bench();
    before.forEach(light.command);
    const other = bench().light;
    other.command(light.state());
    assert.equal(other.state(), light.state());
  });
}
