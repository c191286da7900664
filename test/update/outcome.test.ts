// What a board's words mean: those of now, not those of an earlier trial.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Light } from '../../tools/update/lights.ts';
import { before, mayBeOnTrial, refusal, wordSince } from '../../tools/update/outcome.ts';

/** A light that has told its info a number of times. */
const light = (infos: number, info: Light['info']): Light => ({
  ...{ name: 'left', isOnline: true, firmware: undefined },
  infos,
  info,
});

const then = before(light(3, { restarts: 5, update: 'rolled back' }));

test('a word that was said before is none', () => {
  assert.equal(wordSince(light(3, { restarts: 5, update: 'refused: wrong tag' }), then), undefined);
  assert.equal(wordSince(light(3, { restarts: 6, update: 'kept' }), then), undefined);
});

test('the outcome of an earlier trial, told again, is none', () => {
  for (const update of ['kept', 'rolled back'])
    assert.equal(wordSince(light(4, { restarts: 5, update }), then), undefined);
});

test('an outcome after a restart, a trial and a refusal count', () => {
  assert.equal(wordSince(light(4, { restarts: 6, update: 'kept' }), then), 'kept');
  assert.equal(wordSince(light(5, { restarts: 7, update: 'rolled back' }), then), 'rolled back');
  assert.equal(wordSince(light(4, { restarts: 6, update: 'trial' }), then), 'trial');
  assert.deepEqual(wordSince(light(4, { restarts: 5, update: 'refused: wrong hash' }), then), {
    refused: 'wrong hash',
  });
});

test('no outcome: progress, nothing, and the second of two messages that are one', () => {
  for (const update of ['', 'fetched 10 % of 2.0.0', 'refused: old counter'])
    assert.equal(wordSince(light(4, { restarts: 6, update }), then), undefined);
  assert.equal(wordSince(light(4, undefined), then), undefined);
});

test('what runs may be on trial, until its uptime says otherwise', () => {
  const cases: [update: string | undefined, uptimeS: number, expected: boolean][] = [
    ['trial', 5, true],
    ['refused: on trial', 100, true],
    ['refused: on trial', 700, false],
    ['kept', 125, false],
    ['', 5, false],
    ['rolled back', 5, false],
    [undefined, 5, false],
  ];
  for (const [update, uptimeS, expected] of cases)
    assert.equal(mayBeOnTrial(light(1, { uptimeS, ...(update !== undefined && { update }) })), expected, update);
});

test('a refusal is one line, with what to do where we know it', () => {
  assert.equal(refusal('wrong hash').message, 'refused, nothing has changed: wrong hash');
  assert.match(refusal('wrong tag').message, /\(it was flashed with another master key: .*\)$/);
  assert.ok(refusal('x\n'.repeat(1_000)).message.length < 200);
});
