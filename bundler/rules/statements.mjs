// Statements and operators that the chip parses, and then executes otherwise than JavaScript says.

import { childrenOf, descendantsOf, isDivision, isFunction } from '../nodes.mjs';
import { functionScopeOf } from '../scopes.mjs';

/** @typedef {import('../guard.mjs').Rule} Rule */
/** @typedef {import('../nodes.mjs').Node} Node */
/** @typedef {import('../tree.mjs').Tree} Tree */

/** @type {readonly Rule[]} */
export const STATEMENT_RULES = [
  {
    name: 'do-while',
    why: 'do … while with an unbraced if or try (or the like) is a syntax error',
    instead: 'put the body in braces',
    check: (tree) =>
      tree
        .all('DoWhileStatement')
        .filter(({ body }) => body.type !== 'BlockStatement' && body.type !== 'ExpressionStatement')
        .map((at) => ({ at })),
  },
  {
    name: 'finally-jump',
    why: 'a jump out of finally is ignored',
    instead: 'note the result in a variable and jump after the try',
    check: (tree) => tree.all('TryStatement').flatMap(jumpsOutOfFinally),
  },
  {
    name: 'case-after-default',
    why: 'a case after default is an error when it is reached',
    instead: 'put default last',
    check: (tree) =>
      tree.all('SwitchStatement').flatMap(({ cases }) => {
        const last = cases[cases.length - 1];
        return cases.filter((one) => one.test === null && one !== last).map((at) => ({ at }));
      }),
  },
  {
    name: 'case-declaration',
    why: 'a declaration directly in a case belongs to the block around the switch and overwrites its namesake',
    instead: 'put the case in braces',
    check: (tree) =>
      tree
        .all('SwitchCase')
        .flatMap(({ consequent }) => consequent)
        .filter((node) => /^(Class|Function)Declaration$/.test(node.type) || isLexical(node))
        .map((at) => ({ at })),
  },
  {
    name: 'return-newline',
    why: 'return followed by a newline returns the value of the next line',
    instead: 'end it with a semicolon',
    check: (tree) =>
      tree
        .all('ReturnStatement')
        .filter(
          ({ argument, end }) => !argument && /^\s*[^\s;}]/.test(tree.code.slice(end)) && tree.code[end - 1] !== ';',
        )
        .map((at) => ({ at })),
  },
  {
    name: 'return-at-end',
    why: 'a bare return at the very end of a function, after other code, is a syntax error when the function runs',
    instead: 'leave the loop by its condition or by break',
    check: (tree) =>
      tree
        .all('ReturnStatement')
        .filter((node) => isBareEnd(tree, node))
        .map((at) => ({ at })),
  },
  {
    name: 'compound-assignment',
    why: 'the chip reads the left side after it has run the right side, which may change it',
    instead: 'call f() first, and keep its result in a const',
    check: (tree) =>
      tree
        .all('AssignmentExpression')
        .filter((node) => node.operator !== '=' && mayChange(tree, node))
        .map((at) => ({ at })),
  },
  {
    name: 'increment-division',
    why: 'a / right after ++ or -- starts a regular expression',
    instead: 'divide first, and increment in a statement of its own',
    check: (tree) =>
      tree
        .all('BinaryExpression', 'AssignmentExpression')
        .filter((node) => isDivision(tree, node) && /(\+\+|--)$/.test(tree.code.slice(0, node.left.end)))
        .map((at) => ({ at })),
  },
  {
    name: 'regex-after-parenthesis',
    why: 'a / right after ) divides, even where a statement starts',
    instead: 'put the regular expression in a variable, or the statement in braces',
    check: (tree) =>
      tree
        .all('Literal')
        .filter((node) => 'regex' in node && node.regex && /\)\s*$/.test(tree.code.slice(0, node.start)))
        .map((at) => ({ at })),
  },
];

/**
 * @param {Tree} tree
 * @param {import('acorn').ReturnStatement} node
 */
function isBareEnd(tree, node) {
  const body = tree.ancestorsOf(node).find((ancestor) => isFunction(ancestor))?.body;
  if (node.argument || tree.code[node.end - 1] === ';' || !body || !('start' in body)) return false;
  const isFirst = tree.code.slice(body.start + 1, node.start).trim() === '';
  return !isFirst && tree.code.slice(node.end, body.end - 1).trim() === '';
}

/** @param {Node} node */
function isLexical(node) {
  return node.type === 'VariableDeclaration' && node.kind !== 'var';
}

/**
 * @param {import('acorn').TryStatement} node
 */
function jumpsOutOfFinally({ finalizer }) {
  if (!finalizer) return [];
  return jumps(finalizer, { breaks: true, continues: true }).map((at) => ({ at }));
}

/**
 * The jumps that leave a node: break and continue only where no loop or switch of the node catches them.
 * @param {Node} node
 * @param {{ breaks: boolean, continues: boolean }} leaving
 * @returns {Node[]}
 */
function jumps(node, leaving) {
  if (isFunction(node)) return [];
  if (node.type === 'ReturnStatement') return [node];
  if (node.type === 'BreakStatement') return leaving.breaks ? [node] : [];
  if (node.type === 'ContinueStatement') return leaving.continues ? [node] : [];
  const isLoop = /^(For|ForIn|ForOf|While|DoWhile)Statement$/.test(node.type);
  const inside = {
    breaks: leaving.breaks && !isLoop && node.type !== 'SwitchStatement',
    continues: leaving.continues && !isLoop,
  };
  return childrenOf(node).flatMap((child) => jumps(child, inside));
}

/** Methods and functions of the language that change no variable, unless a function they are given does. */
const PURE =
  /^(abs|charAt|charCodeAt|concat|every|filter|floor|fromCharCode|includes|indexOf|join|map|max|min|parseInt|pow|reduce|repeat|replace|round|slice|some|split|stringify|substr|substring|toFixed|toLowerCase|toString|toUpperCase|trim|Number|String)$/;

/**
 * Whether the right side of `x op= …` may change x.
 * @param {Tree} tree
 * @param {import('acorn').AssignmentExpression} assignment
 */
function mayChange(tree, { left, right }) {
  const target = tree.code.slice(left.start, left.end);
  const run = descendantsOf(right, { functions: true });
  const written = run.map(targetOf).filter((node) => node !== undefined);
  if (written.some((node) => tree.code.slice(node.start, node.end) === target)) return true;
  return run.some(callsOwnCode) && !(left.type === 'Identifier' && isPrivate(tree, left));
}

/** @param {Node} node */
function targetOf(node) {
  if (node.type === 'AssignmentExpression') return node.left;
  return node.type === 'UpdateExpression' ? node.argument : undefined;
}

/** @param {Node} node */
function callsOwnCode(node) {
  if (node.type === 'NewExpression') return true;
  if (node.type !== 'CallExpression') return false;
  const { callee } = node;
  const name = callee.type === 'MemberExpression' && !callee.computed ? callee.property : callee;
  return name.type !== 'Identifier' || !PURE.test(name.name);
}

/**
 * Whether a variable is written only by the function that declares it, so that no call can change it.
 * @param {Tree} tree
 * @param {import('acorn').Identifier} node
 */
function isPrivate(tree, node) {
  const binding = tree.referenceAt(node)?.binding;
  if (!binding) return false;
  const owner = functionScopeOf(binding.scope);
  if (owner.kind === 'program') return false;
  return binding.references.every(({ writes, scope }) => !writes || functionScopeOf(scope) === owner);
}
