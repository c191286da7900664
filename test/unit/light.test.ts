import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLight } from '../../src/light.ts';
import { createLamp } from '../support/lamp.ts';

/** A light on a virtual pin: what it logged, the state that it began with, and each change that it reported. */
function bench({ dimmable = true, activeLow = false, isOn = false, brightness = 255 } = {}) {
  const lamp = createLamp({ dimmable, activeLow });
  const log: string[] = [];
  const states: string[] = [];
  const light = createLight(
    { isOn, brightness },
    {
      fade: lamp.fade,
      board: { log: (line) => log.push(line) },
      dimmable,
      onChange: (state) => states.push(state),
    },
  );
  const [first = ''] = states.splice(0);
  /** A command that comes for the first time. */
  const say = (payload: string): boolean => light(payload, false);
  return { ...lamp, light, say, log, first, states, state: () => states.at(-1) ?? first };
}

const WORDS: [state: string, ...words: string[]][] = [
  ['ON', 'on', 'ON', 'On', 'oN'],
  ['TOGGLE', 'toggle', 'TOGGLE', 'Toggle'],
  [
    'OFF',
    'off',
    'OFF',
    '',
    'on ',
    ' on',
    'on\n',
    'onn',
    'o',
    '1',
    'true',
    'null',
    '[]',
    '"on"',
    'toggl',
    'light',
    '\0',
  ],
  ['OFF', ' {"state":"ON"}', 'on'.repeat(512), 'o\xf1', '\u0130', 'constructor'],
];

for (const [state, ...words] of WORDS) {
  for (const word of words) {
    test(`the word ${JSON.stringify(word.slice(0, 20))} of ${word.length} means ${state}`, () => {
      for (const before of ['on', 'off']) {
        const { light, probe } = bench();
        light(before, false);
        assert.equal(light(word, false), true);
        assert.equal(probe.duty(), state === 'ON' || (state === 'TOGGLE' && before === 'off') ? 1 : 0);
      }
    });
  }
}

for (const [given, duty] of [
  [{ isOn: false, brightness: 255 }, 0],
  [{ isOn: true, brightness: 255 }, 1],
  [{ isOn: false, brightness: 9 }, 0],
] as const) {
  test(`shows the lamp that it is given and reports it once, without a line: ${JSON.stringify(given)}`, () => {
    const { first, states, log, probe } = bench(given);
    assert.deepEqual(JSON.parse(first), { state: given.isOn ? 'ON' : 'OFF', brightness: given.brightness });
    assert.deepEqual([states, log], [[], []]);
    assert.deepEqual(
      probe.history.map((change) => change.duty),
      [duty],
    );
  });
}

test('what toggles is not obeyed when it may be a repetition, everything else is', () => {
  const { light, probe, states } = bench();
  for (const toggle of ['toggle', 'Toggle', '{"state":"TOGGLE"}', '{"state":"toggle","brightness":9}'])
    assert.equal(light(toggle, true), false);
  assert.deepEqual([probe.duty(), states], [0, []]);
  for (const [payload, duty] of [
    ['on', 1],
    ['off', 0],
    ['{"state":"ON"}', 1],
  ] as const) {
    assert.equal(light(payload, true), true);
    assert.equal(probe.duty(), duty);
  }
});

test('says of a bad command that it was not obeyed', () => {
  assert.equal(bench().say('{"state":1}'), false);
});

test('reports and logs each change once, and no command that changes nothing', () => {
  const { states, log, say } = bench();
  for (const word of ['off', 'on', 'on', '{"state":"ON","brightness":255}', 'off', 'off']) say(word);
  assert.deepEqual(states, ['{"state":"ON","brightness":255}', '{"state":"OFF","brightness":255}']);
  assert.deepEqual(log, ['light on', 'light off']);
});

test('a brightness turns the lamp on, and is kept while it is off', () => {
  const { states, probe, say } = bench();
  say('{"brightness":100}');
  const duty = probe.duty();
  assert.ok(duty > 0 && duty < 1);
  say('off');
  assert.equal(probe.duty(), 0);
  say('toggle');
  assert.equal(probe.duty(), duty);
  assert.deepEqual(
    states.map((state) => JSON.parse(state) as unknown),
    ['ON', 'OFF', 'ON'].map((state) => ({ state, brightness: 100 })),
  );
});

test('brightness 0 is off, and the brightness before it is kept', () => {
  const { probe, say, state } = bench();
  for (const zero of ['{"brightness":0}', '{"state":"ON","brightness":0}', '{"state":"TOGGLE","brightness":0}']) {
    say('{"brightness":100}');
    say(zero);
    assert.deepEqual(JSON.parse(state()), { state: 'OFF', brightness: 100 });
    assert.deepEqual(probe.history.at(-1), { timeMs: 0, duty: 0, pwm: false });
  }
});

test('the smallest brightness above 0 is light', () => {
  const { probe, say, state } = bench();
  say('{"brightness":0.001}');
  assert.equal(JSON.parse(state()).brightness, 1);
  assert.ok(probe.duty() > 0);
});

test('reports the brightness as a whole number', () => {
  const { say, state } = bench();
  say('{"brightness":127.5}');
  assert.equal(JSON.parse(state()).brightness, 128);
});

test('a transition takes its time on the lamp, and none on the report', () => {
  const { probe, clock, states, say } = bench();
  say('{"state":"ON","transition":2}');
  assert.equal(states.length, 1);
  clock.advance(1000);
  assert.ok(probe.duty() > 0 && probe.duty() < 1);
  clock.advance(1050);
  assert.deepEqual({ ...probe.history.at(-1), timeMs: 0 }, { timeMs: 0, duty: 1, pwm: false });
  say('{"state":"OFF","transition":1}');
  assert.ok(probe.duty() > 0);
  clock.advance(1050);
  assert.equal(probe.duty(), 0);
  assert.equal(states.length, 2);
});

test('a command in the middle of a transition is obeyed at once', () => {
  const { probe, clock, say } = bench();
  say('{"state":"ON","transition":60}');
  clock.advance(5000);
  say('off');
  assert.equal(probe.duty(), 0);
  clock.advance(60_000);
  assert.equal(probe.duty(), 0);
});

test('blinking is no change of state', () => {
  const { probe, clock, states, log, say } = bench();
  say('{"effect":"blink"}');
  clock.advance(5100);
  assert.equal(probe.duty(), 0);
  assert.deepEqual([states, log], [[], []]);
});

test('blinks and then shows what the same command asked for', () => {
  const { probe, clock, states, say } = bench();
  say('{"state":"ON","effect":"blink"}');
  clock.advance(300);
  assert.equal(probe.duty(), 0);
  clock.advance(5000);
  assert.equal(probe.duty(), 1);
  assert.equal(states.length, 1);
});

test('a light without brightness is switched, reports no brightness and takes no transition', () => {
  const { probe, clock, states, say } = bench({ dimmable: false });
  for (const command of ['{"state":"ON","transition":5}', '{"brightness":3}', '{"effect":"blink"}', 'off']) {
    say(command);
    assert.equal(probe.duty(), command === 'off' ? 0 : 1);
  }
  clock.advance(10_000);
  assert.deepEqual(states, ['{"state":"ON"}', '{"state":"OFF"}']);
  assert.ok(probe.history.every((change) => !change.pwm));
});

test('a bad command changes nothing and costs one line that quotes its beginning', () => {
  const { probe, states, log, say, state } = bench();
  say('{"brightness":77}');
  const before = [state(), probe.history.length, states.length];
  log.length = 0;
  for (const bad of ['{"brightness":256}', '{"state":"ON"}x', `{"${'\xff'.repeat(1000)}`]) say(bad);
  assert.deepEqual([state(), probe.history.length, states.length], before);
  assert.equal(log.length, 3);
  assert.match(log[0]!, /^command ignored: .*brightness/);
  assert.ok(log.every((line) => line.length < 300 && !line.includes('\n')));
});

for (const before of [['on'], ['off'], ['{"brightness":3}'], ['{"brightness":3}', 'off']]) {
  test(`its state is a command that gives the same state to another light: after ${before.join(', ')}`, () => {
    const { say, state } = bench();
    before.forEach(say);
    const other = bench();
    other.say(state());
    assert.equal(other.state(), state());
  });
}
