// What Node's JavaScript has and the chip's lacks, checked name by name on the real interpreter (2v29).

const words = (text: string): string[] => text.trim().split(/\s+/);

/** Missing globals. */
export const MISSING_GLOBALS = words(`
  AggregateError Atomics BigInt BigInt64Array BigUint64Array EvalError FinalizationRegistry Intl Map Proxy RangeError Reflect Set
  SharedArrayBuffer Symbol URIError WeakMap WeakRef WeakSet WebAssembly decodeURI encodeURI escape unescape
`);

/** Missing functions and constants of the built-in objects. */
export const MISSING_STATICS: Record<string, string[]> = {
  Object: words('freeze getOwnPropertySymbols groupBy hasOwn is isExtensible isFrozen isSealed preventExtensions seal'),
  Array: words('from fromAsync of'),
  Number: words('EPSILON MAX_SAFE_INTEGER MIN_SAFE_INTEGER isFinite isInteger isNaN isSafeInteger parseFloat parseInt'),
  String: words('fromCodePoint raw'),
  Date: words('UTC'),
  Promise: words('allSettled any race try withResolvers'),
  Math: words('acosh asinh atanh cbrt clz32 cosh expm1 fround hypot imul log10 log1p log2 sinh tanh trunc'),
  ArrayBuffer: words('isView'),
};

/** Missing methods of their instances. */
export const MISSING_METHODS: Record<string, string[]> = {
  Object: words('isPrototypeOf propertyIsEnumerable toLocaleString'),
  Array: words(`
    at copyWithin entries findLast findLastIndex flat flatMap keys lastIndexOf reduceRight toLocaleString toReversed toSorted toSpliced
    values with
  `),
  String: words(`
    anchor at big blink bold codePointAt fixed fontcolor fontsize isWellFormed italics link localeCompare matchAll normalize search small
    strike sub sup toLocaleLowerCase toLocaleUpperCase toWellFormed trimEnd trimLeft trimRight trimStart
  `),
  Number: words('toExponential toLocaleString toPrecision'),
  RegExp: words('compile'),
  Promise: words('finally'),
  Uint8Array: words(
    'at copyWithin entries findLast findLastIndex keys lastIndexOf reduceRight toReversed toSorted values with',
  ),
  ArrayBuffer: words('resize slice transfer transferToFixedLength'),
};
