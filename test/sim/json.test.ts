import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseLaxJson } from '../../sim/board/json.ts';

// Each pair was seen on the real interpreter (2v29).
const ACCEPTED: [string, unknown][] = [
  ['{"a":1}x', { a: 1 }],
  ["{'a':'b'}", { a: 'b' }],
  ['0x10', 16],
  ['0b11', 3],
  ['0o17', 15],
  ['010', 8],
  ['09', 9],
  ['0x', 0],
  ['1_000', 1000],
  ['- 5', -5],
  ['.5', 0.5],
  ['1.', 1],
  ['1e999', Infinity],
  ['[1,]', [1]],
  ['{"a":1,}', { a: 1 }],
  ['/* c */ 5', 5],
  ['`a`', 'a'],
  ['"\\u0041\\x41\\n\\101"', 'AA\nA'],
  ['"é"', 'é'],
];

for (const [text, value] of ACCEPTED) {
  test(`accepts ${text}`, () => assert.deepEqual(parseLaxJson(text), value));
}

for (const text of [
  '',
  'abc',
  'nul',
  'true1',
  'NaN',
  '[1,2',
  '[1 2]',
  '{a:1}',
  '{1:2}',
  '{"a" 1}',
  '"a\nb"',
  '--5',
  '{"a":undefined}',
]) {
  test(`refuses ${JSON.stringify(text)}`, () => assert.throws(() => parseLaxJson(text), SyntaxError));
}

for (const text of ['-', '[-]', '{"a":-}', "-'5'"]) {
  test(`gives undefined, and no exception, for ${text}`, () => assert.equal(parseLaxJson(text), undefined));
}

test('lets the first of two equal keys win', () => {
  assert.deepEqual(parseLaxJson('{"a":1,"a":2}'), { a: 1 });
});

test('accepts keys without quotes where Storage does', () => {
  assert.deepEqual(parseLaxJson('{a:1,2:true}', { bareKeys: true }), { a: 1, 2: true });
});

test('makes its containers in the realm it is given', () => {
  const made: unknown[] = [];
  const keep = <Made>(thing: Made): Made => {
    made.push(thing);
    return thing;
  };
  parseLaxJson('{"a":[1]}', { realm: { object: () => keep({}), array: () => keep([]) } });
  assert.equal(made.length, 2);
});
