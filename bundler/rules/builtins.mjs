// Library functions of JavaScript that the chip does not have.
// Source: Node's own lists of names, each looked up on a running Espruino 2v29.

/** @typedef {import('../guard.mjs').Rule} Rule */
/** @typedef {import('../guard.mjs').Finding} Finding */
/** @typedef {import('../tree.mjs').Tree} Tree */

/** @param {string} names */
const words = (names) => names.trim().split(/\s+/);

/** What a class without static functions has. */
const PROTOTYPE = new Set(['prototype']);

/**
 * The static members that the chip has; all others of these objects are missing.
 * @type {Record<string, Set<string>>}
 */
const STATICS = {
  Array: new Set(words('isArray prototype')),
  ArrayBuffer: PROTOTYPE,
  Date: new Set(words('now parse prototype')),
  Error: PROTOTYPE,
  Float32Array: PROTOTYPE,
  Int16Array: PROTOTYPE,
  Int8Array: PROTOTYPE,
  JSON: new Set(words('parse stringify')),
  Math: new Set(
    words(`E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil clip cos exp floor log max min pow
      randInt random round sign sin sqrt tan wrap`),
  ),
  Number: new Set(words('MAX_VALUE MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY prototype')),
  Object: new Set(
    words(`assign create defineProperties defineProperty entries fromEntries getOwnPropertyDescriptor
      getOwnPropertyDescriptors getOwnPropertyNames getPrototypeOf keys prototype setPrototypeOf values`),
  ),
  Promise: new Set(words('all prototype reject resolve')),
  RegExp: PROTOTYPE,
  String: new Set(words('fromCharCode prototype')),
  Uint16Array: PROTOTYPE,
  Uint32Array: PROTOTYPE,
  Uint8Array: PROTOTYPE,
};

/** Methods that no object of the chip has; an object of our own may, and then the name is free. */
const MISSING_METHODS = new Set(
  words(`
  at codePointAt copyWithin entries finally findLast findLastIndex flat flatMap isPrototypeOf isWellFormed keys localeCompare
  matchAll normalize propertyIsEnumerable reduceRight search setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds
  setUTCMinutes setUTCMonth setUTCSeconds toDateString toExponential toLocaleDateString toLocaleLowerCase toLocaleString
  toLocaleTimeString toLocaleUpperCase toPrecision toReversed toSorted toSpliced toTimeString toWellFormed trimEnd trimLeft
  trimRight trimStart values with
`),
);

/** @type {readonly Rule[]} */
export const BUILTIN_RULES = [
  {
    name: 'missing-builtin',
    why: 'is missing on the chip',
    instead: 'write it out with what there is',
    check: (tree) => [...missingStatics(tree), ...missingMethods(tree), ...arrayLastIndexOf(tree)],
  },
];

/**
 * @param {Tree} tree
 * @returns {Finding[]}
 */
function missingStatics(tree) {
  return tree.all('MemberExpression').flatMap((at) => {
    const { object, property, computed } = at;
    if (object.type !== 'Identifier' || property.type !== 'Identifier' || computed) return [];
    const known = Object.hasOwn(STATICS, object.name) ? STATICS[object.name] : undefined;
    if (!known || known.has(property.name) || tree.referenceAt(object)?.binding) return [];
    return [{ at, subject: `${object.name}.${property.name}` }];
  });
}

/**
 * @param {Tree} tree
 * @returns {Finding[]}
 */
function missingMethods(tree) {
  const own = ownMembers(tree);
  return methodCalls(tree)
    .filter(({ name, object }) => MISSING_METHODS.has(name) && !own.has(name) && !(object in STATICS))
    .map(({ at, name }) => ({ at, subject: `.${name}()` }));
}

/**
 * Strings have lastIndexOf, arrays do not: only where the text shows a string is it let pass.
 * @param {Tree} tree
 * @returns {Finding[]}
 */
function arrayLastIndexOf(tree) {
  return methodCalls(tree)
    .filter(({ at, name }) => name === 'lastIndexOf' && !isText(at.callee))
    .map(({ at }) => ({ at, subject: 'lastIndexOf() of an array' }));
}

/** @param {import('acorn').Expression | import('acorn').Super} callee */
function isText(callee) {
  if (callee.type !== 'MemberExpression') return false;
  return callee.object.type === 'Literal' && typeof callee.object.value === 'string';
}

/** @param {Tree} tree */
function methodCalls(tree) {
  return tree.all('CallExpression').flatMap((at) => {
    const { callee } = at;
    if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier' || callee.computed) return [];
    const object = callee.object.type === 'Identifier' ? callee.object.name : '';
    return [{ at, name: callee.property.name, object }];
  });
}

/**
 * The member names that the bundle gives to objects of its own.
 * @param {Tree} tree
 */
function ownMembers(tree) {
  const keys = tree.all('Property', 'MethodDefinition').map(({ key }) => key);
  const assigned = tree
    .all('AssignmentExpression')
    .flatMap(({ left }) => (left.type === 'MemberExpression' && !left.computed ? [left.property] : []));
  return new Set([...keys, ...assigned].flatMap((key) => (key.type === 'Identifier' ? [key.name] : [])));
}
