// What is remembered of each light, whatever comes over the wire.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diagnose } from '../../tools/doctor/diagnose.ts';
import { createLightRecord } from '../../tools/page/record.ts';
import { readGroups, withGroup } from '../../tools/page/groups.ts';

const MINUTE_MS = 60_000;

function createRig() {
  let nowMs = 1_000;
  const record = createLightRecord(() => nowMs);
  const take = (topic: string, payload: string, retain = false) => record.take({ topic, payload, retain });
  const kinds = () => diagnose(record.seen(), { names: [], waitS: 0 }).map(({ kind }) => kind);
  return { ...record, take, kinds, pass: (ms: number) => void (nowMs += ms) };
}

test('shows what a light has reported, and when it spoke itself', () => {
  const { take, light, pass } = createRig();
  assert.equal(take('light/desk/status', 'online', true), 'desk');
  take('light/desk/info', '{"version":"1.2.3","rssi":-60}', true);
  assert.deepEqual([light('desk')!.seenMs, light('desk')!.infoMs], [undefined, undefined]);
  pass(5_000);
  take('light/desk/state', '{"state":"ON","brightness":40}');
  assert.deepEqual(light('desk'), {
    ...{ name: 'desk', status: 'online', isOn: true, level: 40, infos: 1, infoMs: undefined, seenMs: 6_000 },
    info: { version: '1.2.3', rssi: -60 },
  });
  take('light/desk/status', 'offline');
  assert.deepEqual([light('desk')!.status, light('desk')!.seenMs], ['offline', 6_000]); // the broker speaks, not the light
});

test('a light without a status is online once it speaks, as on brokers that keep nothing for wildcards', () => {
  const { take, light } = createRig();
  take('light/desk/info', '{}', true);
  assert.equal(light('desk')!.status, 'unknown');
  take('light/desk/info', '{}');
  assert.equal(light('desk')!.status, 'online');
});

test('a state that is none changes nothing; a relay has no level', () => {
  const { take, light } = createRig();
  take('light/desk/state', '{"state":"ON"}');
  for (const payload of ['ON', '{"state":"on"}', '{"state":1}', '[]', 'null', '{', '1'])
    take('light/desk/state', payload);
  assert.deepEqual([light('desk')!.isOn, light('desk')!.level], [true, undefined]);
  for (const brightness of ['0', '256', '-1', '1.5', '"9"', 'null'])
    take('light/desk/state', `{"state":"OFF","brightness":${brightness}}`);
  assert.deepEqual([light('desk')!.isOn, light('desk')!.level], [false, undefined]);
});

test('trouble is of now: a light that flapped is well again after a quarter of an hour', () => {
  const { take, kinds, pass } = createRig();
  for (const status of ['online', 'offline', 'online', 'offline', 'online']) take('light/desk/status', status);
  take('light/desk/info', '{"reconnects":2,"uptimeS":100,"clientId":"a"}');
  assert.deepEqual(kinds(), ['flapping']);
  pass(16 * MINUTE_MS);
  assert.deepEqual(kinds(), []);
});

test('a long status that is told again is no change', () => {
  const { take, seen } = createRig();
  for (let time = 0; time < 5; time++) take('light/desk/status', 'x'.repeat(65));
  assert.equal(seen()[0]!.statusChanges, 0);
});

test('a light is gone when its topics are emptied, its status last', () => {
  const { take, names } = createRig();
  take('light/desk/status', 'offline', true);
  take('light/desk/info', '{}', true);
  assert.equal(take('light/desk/info', ''), 'desk');
  assert.deepEqual(names(), ['desk']);
  assert.equal(take('light/desk/status', ''), 'desk');
  assert.deepEqual(names(), []);
});

test('keeps the history of ten hours', () => {
  const { take, history, pass } = createRig();
  for (let report = 0; report < 200; report++) {
    take('light/desk/info', JSON.stringify({ rssi: -report }));
    pass(5 * MINUTE_MS);
  }
  assert.equal(history('desk').length, 120);
  assert.equal(history('desk').at(-1)!.rssi, -199);
  assert.deepEqual(history('shelf'), []);
});

test('is bounded: 5,000 lights, names of 64 characters', () => {
  const { take, names } = createRig();
  for (let at = 0; at < 6_000; at++) take(`light/${at}/status`, 'online');
  assert.equal(names().length, 5_000);
  assert.equal(createRig().take(`light/${'x'.repeat(65)}/status`, 'online'), undefined);
});

test('never throws, whatever comes over the wire', () => {
  const leaf = fc.constantFrom('status', 'state', 'info', 'set', '');
  const payload = fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constantFrom('online', 'offline', ''));
  const message = fc.record({ name: fc.string({ unit: 'binary' }), leaf, payload, retain: fc.boolean() });
  fc.assert(
    fc.property(fc.array(message), (messages) => {
      const { take, names, light, seen } = createRig();
      for (const each of messages) take(`light/${each.name}/${each.leaf}`, each.payload, each.retain);
      for (const name of names()) assert.ok(light(name));
      diagnose(seen(), { names: [], waitS: 0 });
    }),
  );
});

test('groups: what is none is left out, and a message that is too large is refused', () => {
  for (const payload of ['', '{', '[]', 'null', '{"a/b":["c"]}', '{"a":"b"}', '{"a":["+"]}'])
    assert.deepEqual(readGroups(payload), {}, payload);
  assert.deepEqual(readGroups('{"kitchen":["a"],"a/b":["c"],"hall":"d"}'), { kitchen: ['a'] }, 'the others stay');
  const groups = readGroups(withGroup({ hall: ['door'] }, 'study', ['shelf', 'desk']));
  assert.deepEqual(groups, { hall: ['door'], study: ['desk', 'shelf'] });
  assert.equal(withGroup({ study: ['desk'] }, 'study', []), '');
  const many = Array.from({ length: 2_000 }, (_, at) => `light-${at}`);
  assert.throws(() => withGroup({}, 'all', many), /^Error: the groups are too large for one message/);
});
