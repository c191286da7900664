// What the doctor finds in what was heard, as a table and for anything that may come over the wire.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { diagnose } from '../../tools/doctor/diagnose.ts';
import { KINDS, lineOf } from '../../tools/doctor/finding.ts';
import type { Message } from '../../tools/broker.ts';
import { createRecord, type Seen } from '../../tools/doctor/seen.ts';
import { readInfo, type Info } from '../../tools/info.ts';

const HEALTHY: Info = {
  ...{ version: '1.0.0', clientId: 'A', ip: '10.0.0.1', rssi: -60, uptimeS: 9000, freeVariables: 5000 },
  ...{ flashFreeKB: 500, reconnects: 1, restarts: 40, lastRestartReason: 'power on' },
};

/** A healthy light, but for what is given; each of the infos is healthy but for what it says. */
function light(name: string, seen: Partial<Seen> = {}, infos: Info[] = [{}]): Seen {
  return {
    ...{ name, status: 'online', statusChanges: 0, isInfoBroken: false, isRetained: true },
    infos: infos.map((info) => ({ ...HEALTHY, clientId: `id of ${name}`, ...info })),
    ...seen,
  };
}

/** With the names that were asked for, the lines that are expected. */
type Example = [words: string, lights: Seen[], lines: RegExp[], names?: string[]];

const EXAMPLES: Example[] = [
  ['healthy lights', [light('a'), light('b')], []],
  ['a wall switch used often', [light('a', {}, [{ restarts: 900, uptimeS: 5 }])], []],
  ['a light that came back once', [light('a', { statusChanges: 1 })], []],
  ['a light without retained topics yet', [light('a', { status: undefined, isRetained: false })], []],
  ['nothing at all', [], [/^unheard all lights: nothing in 5 s; RabbitMQ .*--light/]],
  ['a name that is not there', [light('a')], [/^unheard b: nothing in 5 s$/], ['a', 'b']],
  ['an offline light, whose figures are old', [light('a', { status: 'offline' }, [{ rssi: -90 }])], [/^offline a: /]],
  ['info without a status', [light('a', { status: undefined })], [/^stale a: .*without a status/]],
  ['a status without info', [light('a', {}, [])], [/^no-info a: /]],
  ['broken info', [light('a', { isInfoBroken: true }, [])], [/^unreadable a: info/]],
  ['an odd status', [light('a', { status: 'on\x1b[2J' })], [/^unreadable a: status is on\?\[2J$/]],
  ['two boards with one name', [light('a', {}, [{ clientId: 'A' }, { clientId: 'B' }])], [/^duplicate a: .* A, B:/]],
  ['two addresses of one name', [light('a', {}, [{ ip: '1' }, { ip: '2' }])], [/^duplicate a: addresses 1, 2:/]],
  [
    'one identifier on two names that are online',
    [light('a', {}, [{ clientId: 'A' }]), light('b', {}, [{ clientId: 'A' }])],
    [/^duplicate a: client identifier A on the names a, b$/],
  ],
  [
    'the old name of a renamed light',
    [light('new', {}, [{ clientId: 'A' }]), light('old', { status: 'offline' }, [{ clientId: 'A' }])],
    [/^stale old: has the client identifier of new/, /^offline old/],
  ],
  [
    'two names that take turns',
    [light('a', {}, [{ clientId: 'A' }]), light('b', { status: 'offline', statusChanges: 3 }, [{ clientId: 'A' }])],
    [/^duplicate a: /, /^offline b/, /^flapping b: status changes while watched: 3/],
  ],
  ['reconnects while watched', [light('a', {}, [{}, { reconnects: 3 }])], [/^flapping a: reconnects while watched: 2/]],
  ['reconnects by the hour', [light('a', {}, [{ reconnects: 6 }])], [/^flapping a: 6 reconnects in 9000 s$/]],
  ['five reconnects in weeks', [light('a', {}, [{ reconnects: 50, uptimeS: 2e6 }])], []],
  [
    'counters of two boards are not compared',
    [light('a', {}, [{ clientId: 'A' }, { clientId: 'B', reconnects: 9e3, uptimeS: 9e9 }])],
    [/^duplicate a/],
  ],
  [
    'a restart while watched',
    [light('a', {}, [{}, { restarts: 41, lastRestartReason: 'brownout' }])],
    [/^rebooting a: restarts while watched: 1, last: brownout$/],
  ],
  ['one hand at the switch while watched', [light('a', {}, [{}, { restarts: 41 }])], []],
  ['power that comes and goes', [light('a', {}, [{}, { restarts: 42 }])], [/^rebooting a: restarts while watched: 2/]],
  [
    'many restarts, and up for seconds',
    [light('a', {}, [{ uptimeS: 15, lastRestartReason: 'exception' }])],
    [/^rebooting a: 40 restarts in its life, and up for only 15 s, last: exception$/],
  ],
  ['a bad reason long ago', [light('a', {}, [{ lastRestartReason: 'exception' }])], []],
  ['counters told for the first time', [light('a', {}, [{ reconnects: undefined! }, { reconnects: 1 }])], []],
  ['a weak signal', [light('a', {}, [{ rssi: -81 }])], [/^weak-signal a: -81 dBm/]],
  ['few variables', [light('a', {}, [{ freeVariables: 599 }])], [/^few-variables a: 599 free/]],
  ['flash that is nearly full', [light('a', {}, [{ flashFreeKB: 15 }])], [/^flash-full a: 15 kB/]],
  [
    'versions that differ',
    [...'abcdefg'].map((name) => light(name, {}, [{ version: name < 'b' ? '0.9' : '1.0' }])),
    [/^versions all lights: 1\.0 on 6, 0\.9 on a$/],
  ],
  [
    'the version of a light that is away',
    [light('a'), light('b', { status: 'offline' }, [{ version: '0' }])],
    [/^off/],
  ],
];

for (const [words, lights, lines, names = []] of EXAMPLES)
  test(words, () => {
    const found = diagnose(lights, { names, waitS: 5 }).map(lineOf);
    assert.equal(found.length, lines.length, found.join('\n'));
    lines.forEach((line, at) => assert.match(found[at]!, line));
  });

test('the examples show each kind of finding', () => {
  const found = EXAMPLES.flatMap(([, lights, , names = []]) => diagnose(lights, { names, waitS: 5 }));
  assert.deepEqual(new Set(found.map(({ kind }) => kind)), new Set(KINDS));
});

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.constantFrom('online', 'offline', 'a', '\x1b[2J\n', '\x9b2J', '\u202e', '\ud800'),
);
const anyInfo = fc.record(
  Object.fromEntries(
    Object.entries(HEALTHY).map(([key, value]) => [
      key,
      fc.oneof(typeof value === 'string' ? anyText : fc.oneof(fc.integer(), fc.double()), fc.jsonValue()),
    ]),
  ),
  { requiredKeys: [] },
);
const anyMessage: fc.Arbitrary<Message> = fc.record({
  topic: fc
    .tuple(anyText, fc.constantFrom('status', 'state', 'info', 'set'))
    .map((parts) => `light/${parts.join('/')}`),
  payload: fc.oneof(
    anyText,
    anyInfo.map((info) => JSON.stringify(info)),
    fc.json(),
  ),
  retain: fc.boolean(),
});

test('whatever comes over the wire, each finding is one line that does nothing to a terminal', () => {
  fc.assert(
    fc.property(fc.array(anyMessage), fc.array(anyText), (messages, names) => {
      const record = createRecord();
      messages.forEach(record.take);
      for (const finding of diagnose(record.lights(), { names, waitS: 5 })) {
        const line = lineOf(finding);
        assert.match(line, /^[a-z-]+ [^]*: [^]+$/u);
        assert.doesNotMatch(line, /[\p{C}\p{Zl}\p{Zp}]/u);
        assert.ok(line.length < 700);
      }
    }),
    { numRuns: 500 },
  );
});

test('info of wrong types is left out; what is no object is no info', () => {
  assert.deepEqual(readInfo('{"rssi":"-60","restarts":3,"ip":7,"version":"1","__proto__":{"uptimeS":1}}'), {
    restarts: 3,
    version: '1',
  });
  for (const payload of ['', '{', '[]', 'null', '7', '"a"', '['.repeat(16_000)])
    assert.equal(readInfo(payload), undefined);
});

test('memory is bounded: lights, names, messages of one light', () => {
  const record = createRecord();
  const info = JSON.stringify({ version: 'x'.repeat(10_000) });
  const take = (name: string): void => record.take({ topic: `light/${name}/info`, payload: info, retain: true });
  for (let at = 0; at < 6_000; at++) take(`light${at}`);
  for (let at = 0; at < 100; at++) take('light0');
  take('n'.repeat(100));
  assert.equal(record.lights().length, 5_000);
  assert.equal(record.ignored(), 1_001);
  const [first] = record.lights();
  assert.ok(first!.infos.length <= 12 && first!.infos[0]!.version!.length <= 64);
});

test('a long status that is told again is no change', () => {
  const record = createRecord();
  for (let time = 0; time < 5; time++) record.take({ topic: 'light/a/status', payload: 'x'.repeat(65), retain: false });
  assert.equal(record.lights()[0]!.statusChanges, 0);
});

test('a topic that is cleared tells nothing of a light', () => {
  const record = createRecord();
  record.take({ topic: 'light/a/info', payload: '', retain: false });
  assert.deepEqual(record.lights(), []);
});
