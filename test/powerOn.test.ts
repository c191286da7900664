import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createVirtualClock } from '../sim/clock.ts';
import { createStorage, type TornWrite } from '../sim/storage.ts';
import { createPowerOn } from '../src/powerOn.ts';

const ON = '{"state":"ON","brightness":9}';
const OFF = '{"state":"OFF","brightness":9}';

/** One boot of a board; its flash may outlive it. */
function boot(mode: 'off' | 'on' | 'last' = 'last', storage = createStorage()) {
  const clock = createVirtualClock();
  const log: string[] = [];
  const powerOn = createPowerOn({ ...clock, storage, log: (line) => log.push(line) }, mode);
  let state = OFF;
  /** The lamp changes, and time passes. */
  const change = (next: string, ms: number) => {
    state = next;
    powerOn.remember(() => state);
    clock.advance(ms);
  };
  return { powerOn, storage, clock, log, change };
}

for (const mode of ['off', 'on'] as const) {
  test(`starts ${mode} when told so, and never writes to the flash`, () => {
    const { powerOn, storage, clock, change } = boot(mode);
    assert.equal(powerOn.command(), mode);
    change(ON, 60_000);
    change(OFF, 60_000);
    assert.equal(powerOn.command(), mode);
    assert.deepEqual(storage.writes, []);
    assert.equal(clock.pending(), 0);
  });
}

test('starts off when there is no last state', () => {
  assert.equal(boot().powerOn.command(), 'off');
});

test('starts with the last state, and asking for it writes nothing', () => {
  const { storage, change } = boot();
  change(ON, 5000);
  const next = boot('last', storage);
  assert.equal(next.powerOn.command(), ON);
  assert.equal(storage.writes.length, 1);
});

test('a hand that plays with the switch costs one write, 5 s after its last change', () => {
  const { storage, clock, change } = boot();
  for (let flick = 0; flick < 20; flick += 1) change(flick % 2 ? ON : OFF, 1000);
  clock.advance(3900);
  assert.equal(storage.writes.length, 0);
  clock.advance(200);
  assert.deepEqual(
    storage.writes.map((write) => write.data),
    [ON],
  );
  assert.equal(clock.pending(), 0);
});

test('a state that is in the flash already is not written again', () => {
  const { storage, change } = boot();
  change(ON, 5000);
  change(OFF, 1000);
  change(ON, 60_000);
  assert.equal(storage.writes.length, 1);
});

test('power that goes within the 5 s returns with the state before', () => {
  const { storage, change } = boot();
  change(ON, 5000);
  change(OFF, 4900);
  assert.equal(boot('last', storage).powerOn.command(), ON);
});

test('a full flash costs one line, and the light goes on', () => {
  const { clock, log, change } = boot('last', createStorage({ sizeBytes: 16 }));
  change(ON, 5000);
  assert.equal(log.length, 1);
  assert.match(log[0]!, /not kept/);
  assert.equal(clock.pending(), 0);
});

const TORN: [leaves: TornWrite, next: RegExp][] = [
  ['old', /^\{"state":"ON","brightness":9\}$/],
  ['nothing', /^off$/],
  ['truncated', /^\{"state":"OFF".*\xff$/],
];

for (const [leaves, next] of TORN) {
  test(`power that goes in the middle of the write, which leaves ${leaves}, gives a command again`, () => {
    const { storage, change } = boot();
    change(ON, 5000);
    storage.cutPowerDuring('light.last', leaves);
    change(OFF, 5000);
    assert.match(boot('last', storage).powerOn.command(), next);
  });
}
