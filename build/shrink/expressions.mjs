// Writes a function that only returns an expression out wherever it is called.

import { childrenOf, descendantsOf, isFunction } from '../nodes.mjs';
import { bindingsOf, isBuiltin, isConstant, isPlain } from './facts.mjs';

/** @typedef {import('../nodes.mjs').Node} Node */
/** @typedef {import('../scopes.mjs').Binding} Binding */
/** @typedef {import('../tree.mjs').Tree} Tree */
/** @typedef {import('./text.mjs').Edit} Edit */
/** @typedef {import('./text.mjs').Part} Part */
/** @typedef {import('acorn').CallExpression} CallExpression */

/** A function that is kept takes more than four variables; an expression longer than this is not worth repeating. */
const LONGEST = 60;

/**
 * `function f(a, b) { return g(a) + b; } … f(x, 1) … f(y, 2)` becomes `… (g(x) + 1) … (g(y) + 2)`.
 * @param {Tree} tree
 * @returns {Edit[][]}
 */
export function writeOutExpressions(tree) {
  return bindingsOf(tree).flatMap((binding) => {
    const declaration = binding.value;
    if (declaration?.type !== 'FunctionDeclaration' || !isConstant(binding) || !isPlain(declaration)) return [];
    const [statement] = declaration.body.body;
    const result = statement?.type === 'ReturnStatement' ? statement.argument : undefined;
    if (!result || result.end - result.start > LONGEST || descendantsOf(result, { functions: true }).some(isFunction))
      return [];
    const calls = binding.references.map(({ node }) => callOf(tree, node, declaration));
    const parameters = declaration.params.flatMap((parameter) => parameterOf(tree, parameter));
    if (calls.length === 0 || !calls.every((call) => call && canWriteOut(tree, call, result, parameters))) return [];
    const edits = /** @type {CallExpression[]} */ (calls).map((call) => ({
      start: call.start,
      end: call.end,
      parts: ['(', ...withArguments(call, result, parameters), ')'],
    }));
    return [[{ start: declaration.start, end: declaration.end, parts: [] }, ...edits]];
  });
}

/**
 * @param {Tree} tree
 * @param {Node} reference
 * @param {Node} declaration
 * @returns {CallExpression | undefined} undefined where the function is not called, or calls itself
 */
function callOf(tree, reference, declaration) {
  const call = tree.parentOf(reference);
  const isInside = reference.start >= declaration.start && reference.end <= declaration.end;
  return call?.type === 'CallExpression' && call.callee === reference && !isInside ? call : undefined;
}

/**
 * @param {Tree} tree
 * @param {Node} parameter
 * @returns {Binding[]} none for a pattern
 */
function parameterOf(tree, parameter) {
  const binding = parameter.type === 'Identifier' ? tree.scopeOf(parameter).bindings.get(parameter.name) : undefined;
  return binding ? [binding] : [];
}

/**
 * Whether an expression says the same with the arguments in it: all but one are constant, and that one is used once, before
 * anything else happens.
 * @param {Tree} tree
 * @param {CallExpression} call
 * @param {Node} result
 * @param {readonly Binding[]} parameters
 */
function canWriteOut(tree, call, result, parameters) {
  if (call.arguments.length !== parameters.length || !parameters.every(isConstant)) return false;
  const changing = parameters.filter((_, index) => !isQuiet(tree, /** @type {Node} */ (call.arguments[index])));
  const uses = changing.flatMap(({ references }) => references.map(({ node }) => node));
  const isShort = !parameters.some(({ references }) => references.some(({ node }) => isShorthand(tree, node)));
  return (
    isShort && (changing.length === 0 || (changing.length === 1 && uses.length === 1 && isFirst(tree, result, uses[0])))
  );
}

/**
 * Whether an expression does nothing and always means the same.
 * @param {Tree} tree
 * @param {Node} node
 */
function isQuiet(tree, node) {
  if (node.type === 'Literal') return true;
  const reference = tree.referenceAt(node);
  return reference?.binding ? isConstant(reference.binding) : isBuiltin(tree, node);
}

/**
 * Whether nothing happens in an expression before a part of it is looked at, which always is.
 * @param {Tree} tree
 * @param {Node} whole
 * @param {Node | undefined} part
 * @returns {boolean}
 */
function isFirst(tree, whole, part) {
  if (!part || part === whole) return part === whole;
  const parent = /** @type {Node} */ (tree.parentOf(part));
  const before = childrenOf(parent).filter(({ end }) => end <= part.start);
  const isPlainOrder = /^(Array|Binary|Call|Member|Unary)Expression$/.test(parent.type);
  return isPlainOrder && before.every((node) => isQuiet(tree, node)) && isFirst(tree, whole, parent);
}

/**
 * @param {Tree} tree
 * @param {Node} node
 */
function isShorthand(tree, node) {
  const parent = tree.parentOf(node);
  return parent?.type === 'Property' && parent.shorthand;
}

/**
 * @param {CallExpression} call
 * @param {Node} result
 * @param {readonly Binding[]} parameters
 * @returns {Part[]}
 */
function withArguments(call, result, parameters) {
  const uses = parameters.flatMap(({ references }, index) =>
    references.map(({ node }) => ({ node, argument: /** @type {Node} */ (call.arguments[index]) })),
  );
  uses.sort((a, b) => a.node.start - b.node.start);
  /** @type {Part[]} */
  const parts = [];
  let { start } = result;
  for (const { node, argument } of uses) {
    parts.push({ start, end: node.start }, '(', argument, ')');
    start = node.end;
  }
  return [...parts, { start, end: result.end }];
}
