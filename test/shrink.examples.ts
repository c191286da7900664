// Programs for the tests of the pass that saves chip variables; each shows by `print` what it does.

/** What a program becomes, layout aside. */
interface Example {
  title: string;
  before: string;
  after: string;
}

/** Without what is done in the end. */
export const CASES: Example[] = [
  {
    title: 'moves a function into its only call, where it is gone after it has run',
    before: 'function twice(n) { print(n); return 2 * n; } print(twice(getTime()));',
    after: 'print((function () { const n = getTime(); print(n); return 2 * n; })());',
  },
  {
    title: 'moves what only a moved function calls, too',
    before: 'function inner() { print(1); return getTime(); } function outer() { return inner(); } print(outer());',
    after: 'print(((function () { print(1); return getTime(); })()));',
  },
  {
    title: 'writes a function out where its only call is a statement',
    before: `let last = 0; function note(n) { if (!n) return; if (n > 3) { print('big'); return print(n); } last = n; print(n, last); return last; }
      for (const n of [0, 2, 4]) note(n);`,
    after: `let last = 0;
      for (const n$2 of [0, 2, 4]) { const n = n$2; if (!n) {} else { if (n > 3) { print('big'); (print(n)); } else { last = n; print(n, last); (last); } } }`,
  },
  {
    title: 'writes a function out where its only call is what another returns',
    before: `function first(n) { while (n < 9) { if (n > 4) return n; n++; } }
      function both(n) { if (n) return first(n); return 0; } print(both(0), both(3), both(9));`,
    after: `function both(n$2) { if (n$2) { let n = n$2; while (n < 9) { if (n > 4) return n; n++; } return; } return 0; }
      print(both(0), both(3), both(9));`,
  },
  {
    title: 'writes a function out where its only call gives a variable its value',
    before: `let at = 0; function next(n) { at++; if (n > at) return n; return at; } function both(n) { const m = next(n); print(m); }
      both(5); both(1);`,
    after: `let at = 0; function both(n$2) { let m; { at++; if (n$2 > at) { m = (n$2); } else { m = (at); } } print(m); }
      both(5); both(1);`,
  },
  {
    title: 'writes a short expression out wherever its function is called',
    before: `function field(a, b) { return [a, 'x' + b]; } let n = 1; print(field(n++, 2)); print(field(n + 1, 'y'), n);`,
    after: `let n = 1; print(([(n++), 'x' + (2)])); print(([(n + 1), 'x' + ('y')]), n);`,
  },
  {
    title: 'lets a parameter change that is assigned to',
    before: 'function f(n) { n++; return n; } print(f(getTime()));',
    after: 'print((function () { let n = getTime(); n++; return n; })());',
  },
  {
    title: 'declares a parameter that no argument is for',
    before: 'function f(a, b) { return [a, b]; } print(f(getTime()));',
    after: 'print((function () { const a = getTime(); let b; return [a, b]; })());',
  },
  {
    title: 'takes a factory out of its function, and its parameters with it',
    before: `function createCounter(step, name) {
        let count = 0;
        function add() { count += step; }
        return { add: function () { add(); }, show: function () { print(name, count); } };
      }
      const counter = createCounter(getTime(), 'c');
      counter.add(); counter.add(); counter.show(); setTimeout(counter.show);`,
    after: `const step = getTime();
      let count = 0;
      function counter_add() { { count += step; } }
      function counter_show() { print('c', count); }
      counter_add(); counter_add(); counter_show(); setTimeout(counter_show);`,
  },
  {
    title: 'takes out a factory that returns nothing but hands out a closure',
    before: `function start(every) { let ticks = 0; function tick() { ticks++; print(ticks); } setTimeout(tick, every); tick(); }
      start(40);`,
    after: 'let ticks = 0; function tick() { ticks++; print(ticks); } setTimeout(tick, 40); tick();',
  },
  {
    title: 'leaves a function that returns plain data a function, which takes its variables with it',
    before: `function load() { const o = { a: getTime() }; function set(v) { o.a = v; } set(1); set(2); return o; }
      const o = load(); print(o);`,
    after: `const o = (function () { const o$2 = { a: getTime() }; function set(v) { o$2.a = v; } set(1); set(2); return o$2; })();
      print(o);`,
  },
  {
    title: 'leaves a factory a function that may return early',
    before: `function createOne(a) { if (a) return { f: function () { print(1); } }; return { f: function () { print(2); } }; }
      const one = createOne(getTime()); one.f(); setTimeout(one.f);`,
    after: `const one = (function () { const a = getTime(); if (a) return { f: function () { print(1); } }; return { f: function () { print(2); } }; })();
      one.f(); setTimeout(one.f);`,
  },
  {
    title: 'gives the properties of an object that stays at home names of their own',
    before: `const at = getTime(); const o = { n: at + 1, f: function (a, b) { print(a); return a + b + at; }, none: null };
      print(o.n, o.f(1, o.n), o.f(2, 3), o.missing, o.none);`,
    after: `const at = getTime(); const o_n = at + 1; function o_f(a, b) { print(a); return a + b + at; } const o_none = null;
      print(o_n, o_f(1, o_n), o_f(2, 3), undefined, o_none);`,
  },
  {
    title: 'lets a property change that is assigned to',
    before: 'const o = { n: 1 }; o.n = 2; o.n++; print(o.n);',
    after: 'let o_n = 1; o_n = 2; o_n++; print(o_n);',
  },
  {
    title: 'names the built-ins of a board by their own names',
    before: `const board = { setTimeout: setTimeout, random: Math.random, storage: require('Storage') };
      board.setTimeout(function () { print(board.storage); }); setTimeout(function () { print(board.storage, typeof board.random()); });`,
    after: `const board_storage = require('Storage');
      setTimeout(function () { print(board_storage); }); setTimeout(function () { print(board_storage, typeof Math.random()); });`,
  },
  {
    title: 'names a constant that only repeats another one, or a literal, by that',
    before: `const a = getTime(); const b = a; const text = 'x'; const n = 5; const yes = true;
      print({ b, text }, text.length, n, yes, a + b);`,
    after: `const a = getTime();
      print({ b: a, text: 'x' }, 'x'.length, 5, true, a + a);`,
  },
  {
    title: 'gives variables of the same name different names before it moves anything',
    before: `const n = getTime(); function f(n) { const q = [n]; return q; } function h(q) { print(q); return [q, n]; } print(f(2), f(3), h(1), h(2));`,
    after: `const n = getTime(); function f(n$2) { const q = [n$2]; return q; } function h(q$2) { print(q$2); return [q$2, n]; } print(f(2), f(3), h(1), h(2));`,
  },
];

/** With what is done in the end. */
export const FINISHED: Example[] = [
  {
    title: 'lets go of what no function asks for after the boot',
    before: `const settings = require('settings'); const name = settings[0]; print(settings.length);
      [1].forEach(function (i) { print(settings[i]); }); setTimeout(function () { print(name); });`,
    after: `let settings = require('settings'); const name = settings[0]; print(settings.length);
      [1].forEach(function (i) { print(settings[i]); }); settings = undefined; setTimeout(function () { print(name); });`,
  },
  {
    title: 'leaves a var a var, which may ask for itself before it is there',
    before: `var kind = (function (given) { given.a = 1; return given; })(kind || {}); print(kind.a);`,
    after: `var kind = (function (given) { given.a = 1; return given; })(kind || {}); print(kind.a); kind = undefined;`,
  },
];

/** Programs that look as if something could be saved, and must stay as they are. */
export const LEFT_ALONE: { title: string; code: string }[] = [
  { title: 'a function that calls itself', code: 'function f(n) { return n ? f(n - 1) : 0; } print(f(3));' },
  { title: 'a function that nobody but itself calls', code: 'function f(n) { print(n); f(n - 1); } print(1);' },
  { title: 'a function that is handed out', code: 'function f() { print(1); } setTimeout(f);' },
  { title: 'a function that is called twice', code: 'function f() { print(1); } f(); f();' },
  {
    title: 'a function that asks for its arguments',
    code: 'function f() { return arguments.length; } print(f(1, 2));',
  },
  { title: 'a function that asks for its this', code: 'function f() { return typeof this; } print(f());' },
  { title: 'a call with more arguments than parameters', code: 'function f() { return 1; } print(f(print(2)));' },
  {
    title: 'a function whose value is needed in a loop',
    code: 'function f(n) { print(n); return n + getTime(); } for (let i = 0; i < 2; i++) print(f(i));',
  },
  {
    title: 'a function with closures of its own that is called in a loop',
    code: 'function f(n) { setTimeout(function () { print(n); }); } for (const i of [1, 2]) f(i);',
  },
  {
    title: 'a function whose var keeps its value between the rounds of a loop',
    code: 'function f(n) { var m; if (n) m = n; print(m); } for (const i of [1, 0]) f(i);',
  },
  {
    title: 'what few messages run, and all would read',
    code: 'function receive(n) { if (n > 9) onSuback(n); else print(n); } function onSuback(m) { print(-m); } receive(1); receive(10);',
  },
  {
    title: 'an object that is handed out',
    code: 'const o = { n: getTime() }; print(o.n); print(o);',
  },
  {
    title: 'an object with a method that asks for it',
    code: 'const o = { n: getTime(), f: function () { return this.n; } }; print(o.f(), o.n);',
  },
  {
    title: 'an object whose property goes away',
    code: 'const o = { n: getTime() }; delete o.n; print(o.n);',
  },
  {
    title: 'an object that is asked for something every object has',
    code: 'const o = { n: getTime() }; print(typeof o.toString, o.n);',
  },
  {
    title: 'an object whose keys are computed',
    code: "const o = { n: getTime() }; const key = ['n']; print(o[key[0]]);",
  },
  {
    title: 'a method on an object that it may need as its this',
    code: 'const o = { f: [print][0] }; o.f(1);',
  },
  {
    title: 'an expression that would look at its parts in another order',
    code: `let n = 1; function f(a, b) { return [b, a]; } print(f(n++, n)); print(f(n++, n));`,
  },
  {
    title: 'an expression that changes something before it looks',
    code: 'let n = 1; function f(a) { return [n++, a]; } print(f(n)); print(f(n));',
  },
  {
    title: 'an expression that would look at one part twice, or not at all',
    code: `let n = 1; function twice(a) { return a + a; } print(twice(n++)); print(twice(n++));
      function never(b) { return getTime() > 5 && b; } print(never(n++)); print(never(n++), n);`,
  },
  {
    title: 'a copy of a variable that changes',
    code: 'let n = getTime(); const before = n; n++; print(before, n);',
  },
  {
    title: 'a copy of what the head of a loop declares',
    code: 'for (const n of [1, 2]) { const copy = n; setTimeout(function () { print(copy); }); }',
  },
  {
    title: 'a built-in that the program replaces',
    code: 'const clock = getTime; print(clock()); getTime = function () { return 2; }; print(clock(), getTime());',
  },
  {
    title: 'a regular expression, which remembers where it was',
    code: "const r = /a/g; print(r.exec('aa').index); print(r.exec('aa').index);",
  },
  {
    title: 'a long text that is used twice',
    code: `const text = '${'x'.repeat(60)}'; print(text); print(text);`,
  },
];
