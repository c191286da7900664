// Operators and library calls that the chip has, and that give another result there than JavaScript says.

import { isFunction } from '../nodes.mjs';

/** @typedef {import('../guard.mjs').Rule} Rule */
/** @typedef {import('../nodes.mjs').Node} Node */
/** @typedef {import('../tree.mjs').Tree} Tree */

/** @type {readonly Rule[]} */
export const VALUE_RULES = [
  {
    name: 'in-operator',
    why: '"on" in {} is true on the chip, as every object there has on, emit and their like',
    instead: 'compare obj[key] with undefined, or call hasOwnProperty()',
    check: (tree) =>
      tree
        .all('BinaryExpression')
        .filter(({ operator }) => operator === 'in')
        .map((at) => ({ at })),
  },
  {
    name: 'array-length',
    why: 'the length of an array cannot be set: it throws',
    instead: 'use splice(), pop() or a new array',
    check: (tree) => [
      ...tree
        .all('AssignmentExpression')
        .filter(({ left }) => isLength(left))
        .map((at) => ({ at })),
      ...tree
        .all('UpdateExpression')
        .filter(({ argument }) => isLength(argument))
        .map((at) => ({ at })),
    ],
  },
  {
    name: 'split-limit',
    why: 'split() ignores its limit',
    instead: 'slice() the result',
    check: (tree) =>
      calls(tree, /^split$/)
        .filter(({ arguments: given }) => given.length > 1)
        .map((at) => ({ at })),
  },
  {
    name: 'replace',
    why: 'replace() inserts $&, $`, $’ and $$ as they stand, and calls a function only for a regular expression',
    instead: 'use $1 with a group, or a regular expression and a function',
    check: (tree) =>
      calls(tree, /^replace(All)?$/)
        .filter(({ arguments: [what, by] }) => (isText(what) && isFunction(by)) || isText(by, /\$[$&`']/))
        .map((at) => ({ at })),
  },
  {
    name: 'instanceof-error',
    why: 'an error that the interpreter throws, or of another error class, is no instance of this one on the chip',
    instead: 'look at its message',
    check: (tree) =>
      tree
        .all('BinaryExpression')
        .filter(({ operator, right }) => operator === 'instanceof' && isErrorClass(right))
        .map((at) => ({ at })),
  },
  {
    name: 'wide-char',
    why: 'a string holds bytes; a character above 255 is none',
    instead: 'write its UTF-8 bytes as \\xHH',
    check: (tree) =>
      tree
        .all('Literal', 'TemplateElement')
        .filter((node) => isWide(tree.code.slice(node.start, node.end), node))
        .map((at) => ({ at })),
  },
];

/** @param {Node} node */
function isLength(node) {
  return node.type === 'MemberExpression' && node.property.type === 'Identifier' && node.property.name === 'length';
}

/**
 * @param {Node | undefined} node
 * @param {RegExp} [pattern]
 */
function isText(node, pattern = /^/) {
  return node?.type === 'Literal' && typeof node.value === 'string' && pattern.test(node.value);
}

/** @param {Node} node */
function isErrorClass(node) {
  return node.type === 'Identifier' && /Error$/.test(node.name);
}

/**
 * @param {string} raw
 * @param {Node} node
 */
function isWide(raw, node) {
  if (node.type === 'Literal' && typeof node.value !== 'string') return false;
  return /(^|[^\\])(\\\\)*\\u/.test(raw);
}

/**
 * Calls of methods by these names.
 * @param {Tree} tree
 * @param {RegExp} names
 */
function calls(tree, names) {
  return tree.all('CallExpression').filter(({ callee }) => {
    if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false;
    return names.test(callee.property.name);
  });
}
