// Names that the chip already uses, does not know, or cannot read.

import { CHIP_MODULES, isChipGlobal, KEYWORDS, mayUseGlobal, RESERVED_WORDS } from '../globals.ts';
import { isDivision } from '../nodes.mjs';

/** @typedef {import('../guard.mjs').Rule} Rule */
/** @typedef {import('../nodes.mjs').Node} Node */
/** @typedef {import('../tree.mjs').Tree} Tree */
/** @typedef {import('acorn').Property | import('acorn').AssignmentProperty | import('acorn').MethodDefinition} Member */

/** The lexer keeps no more of a name. */
const NAME_CHARS = 63;

/** @type {readonly Rule[]} */
export const NAME_RULES = [
  {
    name: 'shadowed-global',
    why: 'is a global of the chip: a variable of that name hides it, and as an arrow function’s parameter it is a syntax error',
    instead: 'rename it',
    check: (tree) =>
      bindings(tree)
        .filter(({ name }) => isChipGlobal(name))
        .map(({ node }) => ({ at: node, subject: node.name })),
  },
  {
    name: 'reserved-word',
    why: 'is a keyword of the chip’s lexer',
    instead: 'rename it',
    check: (tree) =>
      bindings(tree)
        .filter(({ name }) => RESERVED_WORDS.has(name))
        .map(({ node }) => ({ at: node, subject: node.name })),
  },
  {
    name: 'reserved-member',
    why: 'cannot be the name of a class’s method, a getter or a setter: only plain names that are no keywords can',
    instead: 'rename it',
    check: (tree) =>
      tree
        .all('MethodDefinition', 'Property')
        .filter((member) => needsPlainName(member) && !hasPlainName(member))
        .map((at) => ({ at, subject: tree.code.slice(at.key.start, at.key.end) })),
  },
  {
    name: 'keyword-division',
    why: 'a / after a member named like a keyword, or after this, starts a regular expression',
    instead: 'rename the member, or divide a copy',
    check: (tree) =>
      tree
        .all('BinaryExpression', 'AssignmentExpression')
        .filter((node) => isDivision(tree, node) && endsInKeyword(tree.code.slice(node.left.start, node.left.end)))
        .map((at) => ({ at })),
  },
  {
    name: 'long-name',
    why: `is longer than ${NAME_CHARS} characters; the chip forgets the rest`,
    instead: 'shorten it',
    check: (tree) =>
      tree
        .all('Identifier')
        .filter(({ name }) => name.length > NAME_CHARS)
        .map((at) => ({ at, subject: at.name })),
  },
  {
    name: 'unknown-global',
    why: 'is no global of an ESP32 that runs Espruino',
    instead: 'use what the chip has, or ask for it with typeof first',
    check: (tree) =>
      tree.references
        .filter(({ node, binding }) => !binding && !mayUseGlobal(node.name) && !isAskedFor(tree, node))
        .map(({ node }) => ({ at: node, subject: node.name })),
  },
  {
    name: 'unknown-module',
    why: 'is no module of the chip; the uploader would fetch it from the web',
    instead: 'bundle it',
    check: (tree) =>
      requires(tree)
        .filter(({ argument }) => argument?.type !== 'Literal' || !CHIP_MODULES.has(String(argument.value)))
        .map(({ at, argument }) => ({ at, subject: argument && tree.code.slice(argument.start, argument.end) })),
  },
];

/** @param {Tree} tree */
function bindings(tree) {
  return tree.scopes.flatMap((scope) => [...scope.bindings.values()]);
}

/** @param {Member} member */
function needsPlainName(member) {
  return member.type === 'MethodDefinition' || member.kind === 'get' || member.kind === 'set';
}

/** @param {Member} member */
function hasPlainName({ key, computed }) {
  return computed || (key.type === 'Identifier' && !KEYWORDS.has(key.name));
}

/** @param {string} expression */
function endsInKeyword(expression) {
  const [word] = /[\w$]+$/.exec(expression) ?? [''];
  return KEYWORDS.has(word) && !/^(true|false|null|undefined)$/.test(word);
}

/**
 * @param {Tree} tree
 * @param {Node} node
 */
function isAskedFor(tree, node) {
  const parent = tree.parentOf(node);
  return parent?.type === 'UnaryExpression' && parent.operator === 'typeof';
}

/** @param {Tree} tree */
function requires(tree) {
  return tree
    .all('CallExpression')
    .filter(({ callee }) => callee.type === 'Identifier' && callee.name === 'require')
    .map((at) => ({ at, argument: at.arguments[0] }));
}
