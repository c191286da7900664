// The guard's rules: what they refuse and pass, and on a real interpreter, where there is one, that each is right.

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import vm from 'node:vm';
import { RULES } from '../../bundler/dialect.ts';
import { guard, inspect } from '../../bundler/guard.ts';
import { minify } from '../../bundler/minify.ts';
import { EXAMPLES } from './guard.examples.ts';
import { interpreter, NO_INTERPRETER, runOnInterpreter } from '../support/interpreter.ts';

/** Long enough for an example that prints at once. */
const EXAMPLE_MS = 2000;

/** Interpreters side by side. */
const AT_ONCE = 3;

/** A source map without a source. */
const NO_MAP = '{"version":3,"sources":[],"names":[],"mappings":""}';

const rulesBroken = (code: string): string[] => [...new Set(inspect(code).map(({ rule }) => rule))];

describe('guard', () => {
  for (const { rule, bad, good } of EXAMPLES) {
    it(`refuses what breaks the rule ${rule}, and passes what keeps it`, () => {
      for (const code of bad) assert.ok(rulesBroken(code).includes(rule), `passed: ${code}`);
      for (const code of good) assert.deepEqual(rulesBroken(code), [], `refused: ${code}`);
    });
  }

  it('has an example of each rule', () => {
    const shown = new Set(EXAMPLES.map(({ rule }) => rule));
    assert.deepEqual(
      RULES.map(([name]) => name).filter((name) => !shown.has(name)),
      [],
    );
  });

  it('shows with examples that are right by the standard', async () => {
    for (const { bad, good } of EXAMPLES) {
      for (const code of [...bad, ...good]) assert.equal(await runInNode(code), 'ok', code);
    }
  });

  it('says where in the sources, what is wrong and what to write instead', () => {
    const origin = (line: number, column: number) => ({ file: 'src/light.ts', line: line + 10, column: column + 20 });
    assert.deepEqual(guard('var a = [];\nif (a) a.length = 0', origin), [
      'src/light.ts:12:27 array-length: the length of an array cannot be set: it throws; use splice(), pop() or a new array',
    ]);
  });

  it('lists every violation, in the order of the bundle', () => {
    const code = 'var a = {};\nx: for (;;) break x;\nprint("on" in a, 2 ** 3, a?.b);';
    assert.deepEqual(
      inspect(code).map(({ rule, line }) => [rule, line]),
      [
        ['label', 2],
        ['in-operator', 3],
        ['exponent', 3],
        ['optional-chain', 3],
      ],
    );
  });

  it('names the place where a text stops being JavaScript', () => {
    assert.deepEqual(
      inspect('var a;\nvar = 1').map(({ rule, line, column }) => [rule, line, column]),
      [['syntax', 2, 5]],
    );
  });
});

describe('guard, on a real interpreter', { skip: !interpreter && NO_INTERPRETER }, () => {
  it('refuses only what really goes wrong there, and passes what works', async () => {
    const programs = EXAMPLES.flatMap(({ bad, good }) => [
      ...bad.map((code) => ({ code, works: false })),
      ...good.map((code) => ({ code, works: true })),
    ]);
    assert.deepEqual(await misjudged(programs), []);
  });

  it('passes nothing that the minifier has made unreadable', async () => {
    const codes = EXAMPLES.flatMap(({ bad, good }) => [...bad, ...good]);
    const minified = await Promise.all(codes.map(async (code) => (await minify(code, NO_MAP)).code));
    const passed = minified.filter((code) => rulesBroken(code).length === 0);
    assert.ok(passed.length > EXAMPLES.length, 'refuses most good examples');
    assert.deepEqual(await misjudged(passed.map((code) => ({ code, works: true }))), []);
  });
});

/** The programs of which the interpreter does not do what is expected, and what they print there. */
async function misjudged(programs: { code: string; works: boolean }[]): Promise<string[]> {
  const wrong: string[] = [];
  const work = programs.values();
  const worker = async (): Promise<void> => {
    for (const { code, works } of work) {
      const printed = await runOnInterpreter(code);
      if (printed.includes('ok') !== works) wrong.push([works ? 'good' : 'bad', code, ...printed].join('\n  '));
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return wrong;
}

/** What a program prints first where JavaScript is as specified. */
async function runInNode(code: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const context = { print: resolve, setTimeout, queueMicrotask, require: () => ({}), module: {} };
    vm.runInNewContext(code, context, { timeout: EXAMPLE_MS, importModuleDynamically: undefined });
    setTimeout(reject, EXAMPLE_MS, new Error(`prints nothing: ${code}`)).unref();
  });
}
