// For each rule of the guard, programs it must refuse and programs it must pass. Each prints "ok" where JavaScript runs as
// specified; on the chip the good ones do and the bad ones do not.

export interface Example {
  rule: string;
  bad: string[];
  good: string[];
}

export const EXAMPLES: Example[] = [
  {
    rule: 'non-ascii',
    bad: ['var é = "ok"; print(é)'],
    good: ['print("\\xC3\\xA9".length === 2 ? "ok" : "")'],
  },
  {
    rule: 'async',
    bad: ['async function f() {} print("ok")', 'var f = async () => 1; print("ok")'],
    good: ['var async = 1; print(async && "ok")', 'new Promise(resolve => resolve()).then(() => print("ok"))'],
  },
  { rule: 'generator', bad: ['function* f() {} print("ok")'], good: ['function f() { return ["ok"] } print(f()[0])'] },
  {
    rule: 'destructuring',
    bad: [
      'var { a } = { a: "ok" }; print(a)',
      'var [a] = ["ok"]; print(a)',
      'function f({ a }) { return a } print(f({ a: "ok" }))',
      'for (const [a] of [["ok"]]) print(a)',
    ],
    good: ['var o = { a: "ok" }, a = o.a; print(a)'],
  },
  {
    rule: 'default-parameter',
    bad: ['function f(a = "ok") { return a } print(f())', 'var f = (a = "ok") => a; print(f())'],
    good: ['function f(a) { return a === undefined ? "ok" : a } print(f())'],
  },
  {
    rule: 'rest-parameter',
    bad: ['function f(...a) { return a[0] } print(f("ok"))'],
    good: ['function f() { return arguments[0] } print(f("ok"))'],
  },
  {
    rule: 'spread',
    bad: ['print([...["ok"]][0])', 'print(...["ok"])', 'print({ ...{ a: "ok" } }.a)'],
    good: ['print([].concat(["ok"])[0])', 'print.apply(null, ["ok"])', 'print(Object.assign({}, { a: "ok" }).a)'],
  },
  {
    rule: 'label',
    bad: ['x: for (;;) { for (;;) { break x } } print("ok")'],
    good: ['(function () { for (;;) { for (;;) { return } } })(); print("ok")'],
  },
  {
    rule: 'computed-key',
    bad: [
      'var k = "a", o = { [k]: "ok" }; print(o.a)',
      'var k = "m"; class A { [k]() { return "ok" } } print(new A().m())',
    ],
    good: ['var k = "a", o = {}; o[k] = "ok"; print(o.a)'],
  },
  {
    rule: 'private-name',
    bad: ['class A { #m() { return "ok" } m() { return this.#m() } } print(new A().m())'],
    good: ['function createA() { const secret = "ok"; return { m: () => secret } } print(createA().m())'],
  },
  {
    rule: 'tagged-template',
    bad: ['var f = parts => parts[0]; print(f`ok`)'],
    good: ['var f = text => text; print(f(`ok`))'],
  },
  {
    rule: 'template',
    bad: ['print(`${"o}".charAt(0)}k`)', 'print(`\\${}` === "$" + "{}" ? "ok" : "")'],
    good: ['var o = { a: "k" }; print(`o${o.a}`)', 'print(`ok`)'],
  },
  {
    rule: 'optional-chain',
    bad: ['var a = { b: "ok" }; print(a?.b)', 'var f = () => "ok"; print(f?.())'],
    good: ['var a = { b: "ok" }; print(a && a.b)', 'var a = null; print(a ?? "ok")', 'print(1 ?.5 > 0 && "ok" : 0)'],
  },
  {
    rule: 'logical-assignment',
    bad: [
      'var a; a ??= "ok"; print(a)',
      'var a; a ||= "ok"; print(a)',
      'var a = 1; a &&= "ok"; print(a)',
      'var a = 2; a **= 3; print(a === 8 && "ok")',
    ],
    good: ['var a; a = a || "ok"; print(a)'],
  },
  { rule: 'exponent', bad: ['print(2 ** 3 === 8 && "ok")'], good: ['print(Math.pow(2, 3) === 8 && "ok")'] },
  { rule: 'big-integer', bad: ['print(10n > 9 && "ok")'], good: ['print(10 > 9 && "ok")'] },
  {
    rule: 'new-target',
    bad: ['function F() { print(new.target === F ? "ok" : "") } new F()'],
    good: ['function F() { this.a = "ok" } print(new F().a)'],
  },
  { rule: 'dynamic-import', bad: ['import("net").catch(() => print("ok"))'], good: ['require("net"); print("ok")'] },
  { rule: 'with', bad: ['with ({}) print("ok")'], good: ['var o = { a: "ok" }; print(o.a)'] },
  { rule: 'debugger', bad: ['debugger; print("ok")'], good: ['print("ok")'] },
  {
    rule: 'nested-new',
    bad: ['function F() { return function () { this.a = "ok" } } print((new new F()).a)'],
    good: ['function F() { return function () { this.a = "ok" } } var G = new F(); print(new G().a)'],
  },
  {
    rule: 'do-while',
    bad: [
      'var i = 0; do if (i > 2) break; while (++i < 9); print("ok")',
      'do try { throw 1 } catch (e) {} while (0); print("ok")',
    ],
    good: [
      'var i = 0; do { if (i > 2) break } while (++i < 9); print("ok")',
      'var i = 0; do i++; while (i < 3); print("ok")',
    ],
  },
  {
    rule: 'finally-jump',
    bad: [
      'function f() { try { throw 1 } finally { return "ok" } } print(f())',
      'function f() { for (var i = 0; i < 2; i++) { try {} finally { break } } return i } print(f() === 0 && "ok")',
      'var n = 0; for (var i = 0; i < 2; i++) { try {} finally { if (i === 0) continue } n++ } print(n === 1 && "ok")',
    ],
    good: [
      'function f() { try { return "o" } finally { print("ok") } } f()',
      'try {} finally { for (;;) { break } switch (1) { case 1: break } } print("ok")',
      'var f; try {} finally { f = function () { return "ok" } } print(f())',
    ],
  },
  {
    rule: 'case-after-default',
    bad: ['function f(x) { switch (x) { default: return 1; case 2: return "ok" } } print(f(2))'],
    good: ['function f(x) { switch (x) { case 2: return "ok"; default: return 1 } } print(f(2))'],
  },
  {
    rule: 'case-declaration',
    bad: [
      'let x = "ok"; switch (1) { case 1: let x = 2 } print(x)',
      'const x = "ok"; switch (1) { case 1: const x = 2 } print(x)',
    ],
    good: ['let x = "ok"; switch (1) { case 1: { let x = 2 } } print(x)'],
  },
  {
    rule: 'return-at-end',
    bad: [
      'function f(x) { if (x) return } f(1); print("ok")',
      'var f = function (x) { if (x > 1) print(x); else return\n}; f(1); print("ok")',
    ],
    good: [
      'function f(x) { if (x) return; } f(1); print("ok")',
      'function f(x) { if (x) { return } } f(1); print("ok")',
      'function f() { return } f(); print("ok")',
    ],
  },
  {
    rule: 'return-newline',
    bad: ['function f() { return\n1 } print(f() === undefined ? "ok" : "")'],
    good: [
      'function f() { return;\n1 } print(f() === undefined ? "ok" : "")',
      'function f() { return\n} print(f() || "ok")',
    ],
  },
  {
    rule: 'compound-assignment',
    bad: [
      'let x = 1; function f() { x = 10; return 1 } x += f(); print(x === 2 && "ok")',
      'const o = { x: 1 }; function f() { o.x = 10; return 1 } o.x += f(); print(o.x === 2 && "ok")',
      'let x = 1; x -= (x = 5); print(x === -4 && "ok")',
      'let x = 1; [1].forEach(a => { x += [a].map(() => (x = 10, 1))[0] }); print(x === 2 && "ok")',
    ],
    good: [
      'let x = 1; function f() { x = 10; return 1 } x = x + f(); print(x === 2 && "ok")',
      'function h(f) { let s = "o"; s += f(); return s } print(h(() => "k"))',
      'let s = "o"; s += String.fromCharCode(107); print(s)',
      'const o = { s: "o" }; o.s += "k"; print(o.s)',
    ],
  },
  {
    rule: 'increment-division',
    bad: ['let i = 4; print(i++ / 2 === 2 && "ok")', 'let i = 4; print(i-- / 2 / 2 === 1 && "ok")'],
    good: [
      'let i = 4; i++; print(i / 5 === 1 && "ok")',
      'let i = 4; print((i++) / 2 === 2 && "ok")',
      'let i = 4; print(i++ * 2 === 8 && "ok")',
    ],
  },
  {
    rule: 'regex-after-parenthesis',
    bad: ['if (1) /a/.test("a") && print("ok")'],
    good: ['if (1) { /a/.test("a") && print("ok") }', 'print((4) / 2 / 1 === 2 && "ok")'],
  },
  {
    rule: 'use-before-declaration',
    bad: [
      'print(f()); function f() { return "ok" }',
      'function h() { return f(); function f() { return "ok" } } print(h())',
      'function f() { x = "ok"; var x; return x } print(f() && typeof x === "undefined" ? "ok" : "")',
      'var r; if (1) { r = h(); function h() { return "ok" } } print(r)',
    ],
    good: [
      'var kind = (k => { k.a = "ok"; return k })(kind || {}); print(kind.a)',
      'function f() { return "ok" } print(f())',
      'function even(n) { return n === 0 || odd(n - 1) } function odd(n) { return n !== 0 && even(n - 1) } print(even(4) && "ok")',
      'const f = () => h(); const h = () => "ok"; print(f())',
      'var f = function h(n) { return n ? h(n - 1) : "ok" }; print(f(2))',
      'class A { m() { return new B().b } } class B { constructor() { this.b = "ok" } } print(new A().m())',
    ],
  },
  {
    rule: 'call-before-declaration',
    bad: [
      'function a() { return b() } function b() { return f() } print(a()); function f() { return "ok" }',
      'function h() { return f() } print(h()); function f() { return "ok" }',
      'function h() { function a() { return b() } const r = a(); function b() { return "ok" } return r } print(h())',
      '[1].forEach(() => print(f())); function f() { return "ok" }',
      '(() => print(f()))(); function f() { return "ok" }',
      'function make() { return { start: () => f() } } make().start(); function f() { print("ok") }',
      'class A { constructor() { this.a = f() } } print(new A().a); function f() { return "ok" }',
    ],
    good: [
      'function h() { return f() } function f() { return "ok" } print(h())',
      'setTimeout(() => print(f()), 0); function f() { return "ok" }',
      'function make() { const o = { start: () => later() }; function later() { return "ok" } return o } print(make().start())',
      'function f(n) { const r = n ? f(n - 1) : "ok"; const last = r; return last } print(f(2))',
    ],
  },
  {
    rule: 'unreachable-function',
    bad: ['function h() { const o = { m: () => f() }; return o; function f() { return "ok" } } print(h().m())'],
    good: ['function h() { function f() { return "ok" } return { m: () => f() } } print(h().m())'],
  },
  {
    rule: 'var-in-block',
    bad: ['function f(c) { if (c) { var x = 1 } return x } print(f(0) === undefined ? "ok" : "")'],
    good: [
      'function f(c) { var x; if (c) { x = 1 } return x } print(f(0) === undefined ? "ok" : "")',
      'function f() { for (var i = 0; i < 2; i++) {} return i } print(f() === 2 && "ok")',
    ],
  },
  {
    rule: 'loop-closure',
    bad: [
      'const f = []; for (let i = 0; i < 3; i++) f.push(() => i); print(f[0]() === 0 ? "ok" : "")',
      'const f = []; for (const i of [1, 2]) f.push(function () { return i }); print(f[0]() === 1 && "ok")',
      'const f = []; for (const k in { a: 1, b: 2 }) { f.push(() => k) } print(f[0]() === "a" && "ok")',
    ],
    good: [
      'const f = []; for (let i = 0; i < 3; i++) { const j = i; f.push(() => j) } print(f[0]() === 0 ? "ok" : "")',
      'let i = 0; const f = []; while (i < 3) { const j = i; f.push(() => j); i++ } print(f[0]() === 0 ? "ok" : "")',
      'let n = 0; for (const i of [1, 2]) [1].forEach(a => { n += a * i }); print(n === 3 && "ok")',
    ],
  },
  {
    rule: 'block-closure',
    bad: ['function f() { let r; if (1) { r = () => y; let y = "ok" } return r() } print(f())'],
    good: [
      'function f() { let r; if (1) { let y = "ok"; r = () => y } return r() } print(f())',
      'function f() { const r = () => y; let y = "ok"; return r() } print(f())',
    ],
  },
  {
    rule: 'shadowed-global',
    bad: ['print(((D5) => D5)("ok"))', 'var say = print; say(((print) => print)("ok"))'],
    good: ['print(((d5) => d5)("ok"))'],
  },
  {
    rule: 'reserved-word',
    bad: [
      'var of = "ok"; print(of)',
      'function f(of) { return of } print(f("ok"))',
      'var static = "ok"; print(static)',
    ],
    good: ['var off = "ok"; print(off)', 'print({ of: "ok" }.of)'],
  },
  {
    rule: 'reserved-member',
    bad: [
      'class A { delete() { return "ok" } } print(new A().delete())',
      'class A { static of() { return "ok" } } print(A.of())',
      'class A { "a b"() { return "ok" } } print(new A()["a b"]())',
      'print({ get default() { return "ok" } }.default)',
      'print({ get "a b"() { return "ok" } }["a b"])',
    ],
    good: [
      'var o = { in: "o", "a b": "k" }; o.delete = o["a b"]; print(o.in + o.delete)',
      'print({ delete() { return "ok" } }.delete())',
      'class A { remove() { return "ok" } } print(new A().remove())',
    ],
  },
  {
    rule: 'keyword-division',
    bad: [
      'var o = { in: 4 }; print(o.in / 2 === 2 && "ok")',
      'var o = { valueOf() { return this / 2 || "ok" } }; print(o.in / 2 || "ok")',
    ],
    good: ['var o = { inside: 4 }; print(o.inside / 2 === 2 && "ok")'],
  },
  {
    rule: 'long-name',
    bad: [`var ${'a'.repeat(63)}b = "ok"; var ${'a'.repeat(63)}c = "no"; print(${'a'.repeat(63)}b)`],
    good: [`var ${'a'.repeat(62)}b = "ok"; var ${'a'.repeat(62)}c = "no"; print(${'a'.repeat(62)}b)`],
  },
  {
    rule: 'unknown-global',
    bad: [
      'print(new Map([["a", "ok"]]).get("a"))',
      'queueMicrotask(() => print("ok"))',
      'print(Symbol() && "ok")',
      'module.exports = {}; print("ok")',
    ],
    good: ['print(typeof Map && "ok")', 'setTimeout(() => print("ok"), 0)'],
  },
  { rule: 'unknown-module', bad: ['require("left-pad"); print("ok")'], good: ['require("Storage"); print("ok")'] },
  {
    rule: 'extends-expression',
    bad: ['const o = { A: class { m() { return "ok" } } }; class B extends o.A {} print(new B().m())'],
    good: ['class A { m() { return "ok" } } class B extends A {} print(new B().m())'],
  },
  {
    rule: 'extends-builtin',
    bad: [
      'class A extends Error {} print(new A("ok").message)',
      'class A extends Array {} const a = new A(); a.push("ok"); print(a[0])',
    ],
    good: ['print(new Error("ok").message)'],
  },
  {
    rule: 'super-chain',
    bad: [
      'class A { m() { return "o" } } class B extends A { m() { return super.m() + "k" } } class C extends B { m() { return super.m() } } print(new C().m())',
    ],
    good: [
      'class A { m() { return "o" } } class B extends A { m() { return super.m() + "k" } } print(new B().m())',
      'class A { m() { return "ok" } } class B extends A {} class C extends B {} print(new C().m())',
    ],
  },
  {
    rule: 'static-inheritance',
    bad: ['class A { static s() { return "ok" } } class B extends A {} print(B.s())'],
    good: ['class A { static s() { return "ok" } } print(A.s())'],
  },
  {
    rule: 'class-field',
    bad: [
      'class A { x = []; } new A().x.push(1); print(new A().x.length === 0 ? "ok" : "")',
      'class A { static { print("ok") } }',
    ],
    good: ['class A { constructor() { this.x = [] } } new A().x.push(1); print(new A().x.length === 0 ? "ok" : "")'],
  },
  {
    rule: 'class-name',
    bad: ['const A = class N { m() { return typeof N } }; print(new A().m() === "function" ? "ok" : "")'],
    good: ['class N { m() { return typeof N } } print(new N().m() === "function" ? "ok" : "")'],
  },
  {
    rule: 'regex',
    bad: [
      'print(/^ab?c$/.test("ac") && "ok")',
      'print(/^a+?/.exec("aa")[0] === "a" && "ok")',
      'print(/a{2}/.test("aa") && "ok")',
      'print(/^(?:a)b$/.test("ab") && "ok")',
      'print(/a(?=b)/.test("ab") && "ok")',
      'print(/\\ba/.test("a") && "ok")',
      'print(/(a)\\1/.test("aa") && "ok")',
      'print(/\\u0041/.test("A") && "ok")',
      'print(/^(ab)+$/.test("abab") && "ok")',
      'print(/((a)b)/.exec("ab")[1] === "ab" && "ok")',
      'print(/^a|b$/.test("cb") && "ok")',
      'print(/x(a|b)y/.test("zby") ? "" : "ok")',
      'print(/a$/m.test("a\\nb") && "ok")',
      'print(/[/]/.test("/") && "ok")',
      'print(new RegExp("^ab?$").test("a") && "ok")',
      'print(/(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)/.exec("abcdefghij")[10] === "j" ? "ok" : "")',
    ],
    good: [
      'print(/^[0-9a-zA-Z]+$/.test("a1") && "ok")',
      'print(/[?{}|(\\b]/.test("?") && "ok")'.replace('\\b', ''),
      'print(/\\?\\{2\\}\\|\\(/.test("?{2}|(") && "ok")',
      'print(/^(\\d+)\\.(\\d+)$/.exec("12.34")[2] === "34" && "ok")',
      'print(/on|off/i.test("OFF") && "ok")',
      'print("a-b".replace(/-/g, "") === "ab" && "ok")',
      'print(/[\\/]/.test("/") && new RegExp("[/]").test("/") && "ok")',
      'print(/[+#\\0]/.test("#") && "ok")',
    ],
  },
  {
    rule: 'missing-builtin',
    bad: [
      'print(Array.from(["ok"])[0])',
      'print(Number.isInteger(1) && "ok")',
      'print(Math.trunc(1.5) === 1 && "ok")',
      'print(Object.freeze({ a: "ok" }).a)',
      'print(Uint8Array.from([1])[0] === 1 && "ok")',
      'print([["ok"]].flat()[0])',
      'print(["ok"].at(0))',
      'print([1, 1].lastIndexOf(1) === 1 && "ok")',
      'print(" ok".trimStart())',
      'Promise.resolve().finally(() => print("ok"))',
      'Promise.race([Promise.resolve("ok")]).then(print)',
      'for (const k of ["ok"].values()) print(k)',
    ],
    good: [
      'print(["ok"].map(x => x)[0])',
      'print("aa".lastIndexOf("a") === 1 && "ok")',
      'const stack = { at: i => "ok" }; print(stack.at(0))',
      'print(Object.keys({ ok: 1 })[0])',
      'print(Math.floor(1.5) === 1 && "ok")',
    ],
  },
  {
    rule: 'in-operator',
    bad: ['print("on" in {} ? "" : "ok")'],
    good: ['print({}.hasOwnProperty("on") ? "" : "ok")', 'for (const k in { ok: 1 }) print(k)'],
  },
  {
    rule: 'array-length',
    bad: ['const a = [1]; a.length = 0; print("ok")', 'const a = [1]; a.length--; print("ok")'],
    good: ['const a = [1]; a.splice(0, 1); print(a.length === 0 && "ok")'],
  },
  {
    rule: 'split-limit',
    bad: ['print("a,b,c".split(",", 2).length === 2 ? "ok" : "")'],
    good: ['print("a,b,c".split(",").slice(0, 2).length === 2 ? "ok" : "")'],
  },
  {
    rule: 'replace',
    bad: ['print("k".replace("k", "o$&"))', 'print("k".replace("k", () => "ok"))'],
    good: ['print("k".replace(/(k)/, "o$1"))', 'print("k".replace(/k/, () => "ok"))'],
  },
  {
    rule: 'instanceof-error',
    bad: [
      'try { throw new TypeError("x") } catch (e) { print(e instanceof Error ? "ok" : "") }',
      'try { null.x() } catch (e) { print(e instanceof TypeError ? "ok" : "") }',
    ],
    good: ['print([] instanceof Array && "ok")', 'try { throw new Error("ok") } catch (e) { print(e.message) }'],
  },
  {
    rule: 'wide-char',
    bad: ['print(JSON.stringify(["\\u20AC"]).length === 5 && "ok")'],
    good: ['print("\\xE2\\x82\\xAC".length === 3 && "ok")', 'print("\\\\u20AC".length === 6 && "ok")'],
  },
];
