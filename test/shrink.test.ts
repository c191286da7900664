// The pass that saves chip variables: what each rewrite does, what it leaves alone, and that programs do the same as before.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import vm from 'node:vm';
import { parse } from 'acorn';
import { shrink } from '../build/shrink.mjs';
import { CASES, FINISHED, LEFT_ALONE } from './shrink.examples.ts';

/** A text without its layout. */
const plain = (code: string): string =>
  code
    .replace(/\s+/g, ' ')
    .replace(/ ?([(){};,]) ?/g, '$1')
    .trim();

/** What a program tells `print`, and how it ends; timers run when the program is through. */
function traceOf(code: string): unknown[] {
  const trace: unknown[] = [];
  const timers: (() => void)[] = [];
  const print = (...values: unknown[]) => trace.push(values);
  const setTimeout = (callback: () => void) => timers.push(callback);
  try {
    vm.runInNewContext(code, {
      print,
      setTimeout,
      clearTimeout: print,
      getTime: () => 1,
      require: (name: string) => name,
    });
    for (const timer of timers) timer();
  } catch (error) {
    trace.push(String(error));
  }
  return JSON.parse(JSON.stringify(trace)) as unknown[];
}

describe('shrink', () => {
  for (const { title, before, after } of CASES) {
    it(title, () => {
      assert.equal(plain(shrink(before, []).code), plain(after));
    });
  }

  for (const { title, before, after } of FINISHED) {
    it(title, () => {
      assert.equal(plain(shrink(before).code), plain(after));
    });
  }

  for (const { title, code } of LEFT_ALONE) {
    it(`leaves alone ${title}`, () => {
      assert.equal(plain(shrink(code, []).code), plain(code));
    });
  }

  it('changes nothing of what a program does', () => {
    for (const code of [
      ...[...CASES, ...FINISHED].map(({ before }) => before),
      ...LEFT_ALONE.map((example) => example.code),
    ]) {
      const trace = traceOf(code);
      assert.ok(trace.length > 0, `shows nothing: ${code}`);
      assert.deepEqual(traceOf(shrink(code).code), trace, code);
    }
  });

  it('is done after one run', () => {
    for (const { before } of [...CASES, ...FINISHED]) {
      const { code } = shrink(before);
      assert.equal(shrink(code).code, code);
    }
  });

  it('remembers where each char comes from', () => {
    const before = 'function first(word) { print(word); }\nfirst(getTime());';
    const { code, origins } = shrink(before);
    const cameFrom = (text: string): number | undefined => origins[code.indexOf(text)];
    assert.equal(origins.length, code.length);
    assert.equal(cameFrom('print'), before.indexOf('print'));
    assert.equal(cameFrom('getTime'), before.indexOf('getTime'));
  });

  it('leaves a text that is not JavaScript to the guard', () => {
    assert.throws(() => parse('let = 1 +', { ecmaVersion: 'latest' }));
    assert.equal(shrink('let = 1 +').code, 'let = 1 +');
  });
});
