import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createEvents } from '../../sim/board/events.ts';
import { format, formatUncaught } from '../../sim/board/format.ts';
import { createRealm } from '../../sim/board/realm.ts';

/** Runs a program that leaves its result in `result`. */
function run(program: string): unknown {
  const realm = createRealm(
    createEvents(() => {}),
    assert.fail,
  );
  realm.run(program, 'test');
  return realm.global['result'];
}

for (const name of [
  'Map',
  'Set',
  'WeakMap',
  'Symbol',
  'Proxy',
  'BigInt',
  'TextEncoder',
  'queueMicrotask',
  'Buffer',
  'require',
]) {
  test(`has no ${name}`, () => assert.equal(run(`result = typeof ${name}`), 'undefined'));
}

const ABSENT = [
  'Object.freeze',
  'Array.from',
  '[].flat',
  '[].lastIndexOf',
  '[].at',
  'Number.isInteger',
  'Number.MAX_SAFE_INTEGER',
  'Math.trunc',
  'Math.imul',
  'Promise.race',
  'Promise.resolve().finally',
  '"".at',
  '"".trimStart',
  '(5).toPrecision',
  'new Uint8Array(1).at',
];
for (const name of ABSENT) {
  test(`has no ${name}`, () => assert.equal(run(`result = typeof ${name}`), 'undefined'));
}

// Each pair was seen on the real interpreter (2v29).
const NUMBERS: [string, number][] = [
  ['" 5 "', NaN],
  ['"010"', 8],
  ['""', 0],
  ['" "', NaN],
  ['"0x10"', 16],
  ['"5x"', NaN],
  ['"1e3"', 1000],
  ['"-5"', -5],
  ['".5"', 0.5],
  ['[]', NaN],
  ['null', 0],
  ['true', 1],
];
for (const [text, value] of NUMBERS) {
  test(`Number(${text}) is ${value}`, () => assert.equal(run(`result = Number(${text})`), value));
}

test('numbers keep their methods and constants', () => {
  assert.equal(run('result = (1.25).toFixed(1) + typeof Number.MAX_VALUE + (5).constructor.name.length'), '1.3number6');
});

test('every object has on and emit', () => {
  assert.equal(run('result = "on" in {} && typeof [].emit === "function"'), true);
  assert.equal(run('var n = 0; for (var k in {}) n++; result = n'), 0, 'but a loop does not list them');
});

test('loops over arrays and spelling of classes work as in any language', () => {
  assert.equal(
    run('var s = 0; for (const x of [1, 2, 3]) s += x; class A { b() { return s } } result = new A().b()'),
    6,
  );
});

test('JSON.parse is lax and its objects belong to the program', () => {
  assert.equal(run('result = JSON.parse("{\'a\':[1]}x").a instanceof Array'), true);
});

test('a text is found at the very end even if only its beginning is there', () => {
  assert.equal(run('result = "abc".indexOf("cd")'), 2);
  assert.equal(run('result = "abc".indexOf("bd")'), -1);
  assert.equal(run('result = "abc".indexOf("abcd")'), -1);
  assert.equal(run('result = ",1,".indexOf(",2,")'), 2);
  assert.equal(run('result = "abc".includes("cd")'), true);
  assert.equal(run('result = "abc".replace("cd", "X")'), 'abX');
  assert.equal(run('result = "aXbX".replace("X", "y") + "ab".replace(/b/, "c")'), 'aybXac');
});

test('JSON.stringify writes nothing but ASCII', () => {
  assert.equal(run('result = JSON.stringify("\\xe9\\x7f\\u20ac")'), '"\\u00E9\\u007F\\u20AC"');
});

test('a program that hangs is stopped when it has a limit', () => {
  const realm = createRealm(
    createEvents(() => {}),
    assert.fail,
  );
  realm.run('result = function () { while (true); }', 'test');
  assert.throws(() => realm.call(realm.global['result'] as () => void, { limitMs: 20 }), {
    code: 'ERR_SCRIPT_EXECUTION_TIMEOUT',
  });
});

test('print shows values as the console does', () => {
  const shown = ['a', 1.5, undefined, null, ['b', 2], { c: 'd' }, () => {}].map(format);
  assert.deepEqual(shown, ['a', '1.5', 'undefined', 'null', '[ "b", 2 ]', '{ "c": "d" }', 'function () {}']);
});

test('an uncaught exception is shown with its place in the program, a thrown string as it is', () => {
  const [first, second] = formatUncaught(run('result = new Error("boom")'));
  assert.equal(first, 'Uncaught Error: boom');
  assert.match(second ?? '', /at test:1:\d+$/);
  assert.deepEqual(formatUncaught(new Error('of the host')), ['Uncaught Error: of the host']);
  assert.deepEqual(formatUncaught('text'), ['Uncaught text']);
});
