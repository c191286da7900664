// Takes factories that are called once, at the top level, out of their function: their closures lose a scope each.

import { isFunction } from '../nodes.mjs';
import { bindingsOf, boundParameters, onlyCallOf, returnsIn } from './facts.mjs';

/** @typedef {import('../nodes.mjs').Node} Node */
/** @typedef {import('../tree.mjs').Tree} Tree */
/** @typedef {import('./text.mjs').Edit} Edit */
/** @typedef {import('./text.mjs').Part} Part */
/** @typedef {import('./facts.mjs').FunctionDeclaration} FunctionDeclaration */
/** @typedef {import('./facts.mjs').OnlyCall} OnlyCall */

/**
 * `function createX(a) { …; return {…}; } const x = createX(b);` becomes `const a = b; …; const x = {…};`.
 * What keeps no closure stays a function, as its variables are meant to go.
 * @param {Tree} tree
 * @returns {Edit[][]}
 */
export function unwrapFactories(tree) {
  return bindingsOf(tree).flatMap((binding) => {
    const once = onlyCallOf(tree, binding);
    const statement = once && isFactory(tree, once.declaration) ? topStatement(tree, once.call) : undefined;
    if (!once || !statement) return [];
    const result = resultOf(once.declaration);
    if (statement.type === 'VariableDeclaration' && !result?.argument) return [];
    return [
      [
        { start: once.declaration.start, end: once.declaration.end, parts: [] },
        { start: statement.start, end: statement.end, parts: unwrapped(tree, once, statement, result) },
      ],
    ];
  });
}

/**
 * Whether a function makes closures that outlive it, and could be unwrapped where it is called by a statement of its own.
 * @param {Tree} tree
 * @param {FunctionDeclaration} declaration
 */
export function isFactory(tree, declaration) {
  const isTop = tree.parentOf(declaration)?.type === 'Program' && declaration.body.body.length > 0;
  return isTop && returnsAtMostAtTheEnd(declaration) && keepsClosures(tree, declaration, resultOf(declaration));
}

/** @param {FunctionDeclaration} declaration */
function resultOf({ body }) {
  const last = body.body.at(-1);
  return last?.type === 'ReturnStatement' ? last : undefined;
}

/**
 * @param {Tree} tree
 * @param {OnlyCall} once
 * @param {import('acorn').VariableDeclaration | import('acorn').ExpressionStatement} statement
 * @param {import('acorn').ReturnStatement | undefined} result
 * @returns {Part[]}
 */
function unwrapped(tree, once, statement, result) {
  const { body } = once.declaration.body;
  const start = /** @type {Node} */ (body[0]).start;
  const end = result ? result.start : /** @type {Node} */ (body.at(-1)).end;
  const before = [...boundParameters(tree, once), { start, end }, '\n'];
  if (!result?.argument) return before;
  return [...before, { start: statement.start, end: once.call.start }, result.argument, ';'];
}

/**
 * The statement of the program that is nothing but a call, or the initialisation of one variable with its result.
 * @param {Tree} tree
 * @param {import('acorn').CallExpression} call
 */
function topStatement(tree, call) {
  const parent = tree.parentOf(call);
  const statement = parent?.type === 'VariableDeclarator' ? tree.parentOf(parent) : parent;
  if (!statement || tree.parentOf(statement)?.type !== 'Program') return undefined;
  if (statement.type === 'VariableDeclaration') return statement.declarations.length === 1 ? statement : undefined;
  return statement.type === 'ExpressionStatement' ? statement : undefined;
}

/** @param {FunctionDeclaration} declaration */
function returnsAtMostAtTheEnd({ body }) {
  const returns = returnsIn(body);
  return returns.length === 0 || (returns.length === 1 && returns[0] === body.body.at(-1));
}

/**
 * Whether functions made by a factory outlive it: it returns them, or hands them out where it returns nothing.
 * @param {Tree} tree
 * @param {FunctionDeclaration} declaration
 * @param {import('acorn').ReturnStatement | undefined} result
 */
function keepsClosures(tree, declaration, result) {
  /** @param {Node} value */
  const isClosure = (value) =>
    isFunction(value) || (value.type === 'Identifier' && isFunction(tree.referenceAt(value)?.binding?.value));
  const returned = result?.argument;
  if (!returned)
    return tree.all('CallExpression').some((call) => isWithin(call, declaration) && call.arguments.some(isClosure));
  if (returned.type !== 'ObjectExpression') return isClosure(returned);
  return returned.properties.some((property) => property.type === 'Property' && isClosure(property.value));
}

/**
 * @param {Node} node
 * @param {Node} outer
 */
function isWithin(node, outer) {
  return node.start >= outer.start && node.end <= outer.end;
}
