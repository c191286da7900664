// The chip's JavaScript: a fresh global object without what the interpreter lacks, and lax where the interpreter is.

import { createContext, runInContext, Script, type Context } from 'node:vm';
import type { Events } from './events.ts';
import { lexNumber, parseLaxJson, type JsonRealm } from './json.ts';
import { MISSING_GLOBALS, MISSING_METHODS, MISSING_STATICS } from './missing.ts';

/** What ends a call before it comes to its end. */
export interface CallLimits {
  /** Wall time that ends a call that hangs. */
  limitMs?: number | undefined;
  /** SIGINT ends it. */
  isInterruptible?: boolean;
}

/** A global object with its own copies of the language's built-ins. */
interface Realm {
  /** What programs see as `global`. */
  readonly global: Record<string, unknown>;
  readonly json: JsonRealm;
  /** Runs a program's text; `limitMs` of wall time end a program that hangs. */
  run(text: string, name: string, limitMs?: number): void;
  /** Calls a function. */
  call(callback: () => void, limits: CallLimits): void;
}

type Bag = Record<string, unknown>;

/** Compiled programs, so that hundreds of boards compile the firmware once. */
const compiled = new Map<string, Script>();

/** Calls the function in a hidden global: only a script can be ended from outside. */
const CALL_HIDDEN = new Script('__call()');

function compile(text: string, name: string): Script {
  const key = `${name}\n${text}`;
  const script = compiled.get(key) ?? new Script(text, { filename: name });
  compiled.set(key, script);
  return script;
}

/** Removes what the interpreter does not have. */
function removeMissing(global: Bag): void {
  const types = Object.fromEntries(
    Object.keys({ ...MISSING_METHODS, ...MISSING_STATICS }).map((name) => [name, global[name] as Bag]),
  );
  for (const [name, missing] of Object.entries(MISSING_STATICS))
    for (const key of missing) Reflect.deleteProperty(types[name] as Bag, key);
  for (const [name, missing] of Object.entries(MISSING_METHODS)) {
    const own = types[name]?.['prototype'] as Bag;
    // Typed arrays inherit their methods from one prototype of all of them.
    const prototype = name === 'Uint8Array' ? (Object.getPrototypeOf(own) as Bag) : own;
    for (const key of missing) Reflect.deleteProperty(prototype, key);
  }
  for (const name of MISSING_GLOBALS) Reflect.deleteProperty(global, name);
}

/** `Number(text)`: octal with a leading zero, and no blanks around. */
function toNumber(value: unknown): number {
  if (typeof value !== 'string') return Array.isArray(value) ? NaN : Number(value);
  if (value === '') return 0;
  const [, sign, digits] =
    /^([+-]?)(0[xXbBoO][\da-fA-F]+|\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|Infinity)$/.exec(value) ?? [];
  if (digits === undefined) return NaN;
  return (sign === '-' ? -1 : 1) * lexNumber(digits);
}

/** Defines a property that `for (k in {})` does not list. */
function hide(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, writable: true, configurable: true, enumerable: false });
}

/** Makes numbers and JSON as lax as the interpreter's. */
function makeLax(global: Bag, json: JsonRealm, onOverflow: () => never): void {
  const nativeNumber = global['Number'] as NumberConstructor;
  const number = (value: unknown = 0): number => toNumber(value);
  for (const key of ['MAX_VALUE', 'MIN_VALUE', 'NaN', 'NEGATIVE_INFINITY', 'POSITIVE_INFINITY'] as const)
    hide(number, key, nativeNumber[key]);
  hide(number, 'prototype', nativeNumber.prototype);
  hide(global, 'Number', number);
  const native = global['JSON'] as typeof JSON;
  const escape = (text: string | undefined): string | undefined =>
    text?.replace(
      /[\x7f-\uffff]/g,
      (character) => `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
    );
  hide(global, 'JSON', {
    parse: (text: unknown) => parseLaxJson(String(text), { realm: json, onOverflow }),
    stringify: (value: unknown, _replacer?: unknown, space?: number) => escape(native.stringify(value, null, space)),
  });
}

/** `indexOf` also finds what the text only begins with at its very end: "abc".indexOf("cd") is 2 (seen on 2v29). */
function makeSearchLax(prototype: object): void {
  function indexOf(text: string, wanted: string, start = 0): number {
    const from = Math.min(start, text.length - wanted.length + 1);
    const at = text.indexOf(wanted, from);
    if (at >= 0 || wanted.length > text.length) return at;
    for (let tail = Math.max(0, from, text.length - wanted.length); tail < text.length; tail += 1)
      if (wanted.startsWith(text.slice(tail))) return tail;
    return -1;
  }
  const native = String.prototype.replace as (this: string, wanted: unknown, by: unknown) => string;
  hide(prototype, 'indexOf', function (this: unknown, wanted: unknown, from?: number) {
    return indexOf(String(this), String(wanted), from);
  });
  hide(prototype, 'includes', function (this: unknown, wanted: unknown, from?: number) {
    return indexOf(String(this), String(wanted), from) >= 0;
  });
  hide(prototype, 'replace', function (this: unknown, wanted: unknown, by: unknown) {
    const text = String(this);
    const at = typeof wanted === 'string' ? indexOf(text, wanted) : -1;
    const isTail = at >= 0 && !text.startsWith(String(wanted), at);
    return isTail ? text.slice(0, at) + String(by) : native.call(text, wanted, by);
  });
}

/** Every object has `on` and `emit`: `"on" in {}` is true. */
function addListenerMethods(prototype: object, events: Events): void {
  const { emit, removeListener, removeAllListeners } = events;
  const on: typeof events.on = (target, event, listener) => events.on(target, event, listener);
  for (const [name, method] of Object.entries({ on, addListener: on, emit, removeListener, removeAllListeners }))
    hide(prototype, name, function (this: object, ...args: unknown[]) {
      (method as (target: object, ...args: unknown[]) => void)(this, ...args);
    });
}

/**
 * Creates the language for one boot of one board; the chip's own globals are added to `global` by the board.
 * @param onOverflow the stack is used up
 */
export function createRealm(events: Events, onOverflow: () => never): Realm {
  const context: Context = createContext({});
  const global = runInContext('this', context) as Bag;
  const newObject = runInContext('() => ({})', context) as () => Bag;
  const newArray = runInContext('() => []', context) as () => unknown[];
  const json: JsonRealm = { object: newObject, array: newArray };
  addListenerMethods(Object.getPrototypeOf(newObject()) as object, events);
  removeMissing(global);
  makeLax(global, json, onOverflow);
  makeSearchLax((global['String'] as StringConstructor).prototype);
  global['global'] = global;
  const within = (limitMs: number | undefined): object => (limitMs === undefined ? {} : { timeout: limitMs });

  return {
    global,
    json,
    run(text, name, limitMs) {
      compile(text, name).runInContext(context, within(limitMs));
    },
    call(callback, { limitMs, isInterruptible = false }) {
      if (limitMs === undefined && !isInterruptible) return callback();
      hide(global, '__call', callback);
      CALL_HIDDEN.runInContext(context, { ...within(limitMs), breakOnSigint: isInterruptible });
    },
  };
}
