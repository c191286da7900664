// What a pass must know of a piece of code before it may move it.

import { CHIP_GLOBALS } from '../globals.mjs';
import { childrenOf, isFunction } from '../nodes.mjs';

/** @typedef {import('../nodes.mjs').Node} Node */
/** @typedef {import('../nodes.mjs').FunctionNode} FunctionNode */
/** @typedef {import('../tree.mjs').Tree} Tree */
/** @typedef {import('../scopes.mjs').Binding} Binding */
/** @typedef {import('acorn').FunctionDeclaration | import('acorn').AnonymousFunctionDeclaration} FunctionDeclaration */
/** @typedef {{ declaration: FunctionDeclaration, call: import('acorn').CallExpression }} OnlyCall */

/** Built-in objects whose methods do not ask what they are called on, and do not change. */
const NAMESPACES = /^(console|E|ESP32|JSON|Math|Object|process|String)$/;

/** @param {Tree} tree */
export function bindingsOf(tree) {
  return tree.scopes.flatMap((scope) => [...scope.bindings.values()]);
}

/**
 * Whether a variable has one value from its declaration on. A `var` in a block is none; nothing is declared twice here.
 * @param {Binding} binding
 */
export function isConstant({ kind, scope, writtenIn, references }) {
  return kind !== 'catch' && kind !== 'self' && scope === writtenIn && !references.some(({ writes }) => writes);
}

/**
 * Whether code names the `this` or the `arguments` of the function around it.
 * @param {Node} node
 * @returns {boolean}
 */
export function asksCaller(node) {
  if (node.type === 'ThisExpression' || (node.type === 'Identifier' && node.name === 'arguments')) return true;
  return childrenOf(node).some(
    (child) => !(isFunction(child) && child.type !== 'ArrowFunctionExpression') && asksCaller(child),
  );
}

/** Whether a function is its own caller's business only: no `this`, no `arguments`, no directive. @param {FunctionNode} node */
export function isPlain(node) {
  const [first] = node.body.type === 'BlockStatement' ? node.body.body : [];
  const hasDirective = first?.type === 'ExpressionStatement' && first.directive !== undefined;
  return !node.async && !node.generator && !hasDirective && !asksCaller(node.body);
}

/**
 * Whether an expression is a built-in of the chip that no code of the bundle replaces.
 * @param {Tree} tree
 * @param {Node} node such as `setTimeout` or `Math.random`
 */
export function isBuiltin(tree, node) {
  if (node.type === 'Identifier') return isGlobal(tree, node) && CHIP_GLOBALS.has(node.name);
  if (node.type !== 'MemberExpression' || node.computed || node.object.type !== 'Identifier') return false;
  const isMethod = node.property.type === 'Identifier' && node.property.name !== 'env';
  return isMethod && NAMESPACES.test(node.object.name) && isGlobal(tree, node.object);
}

/**
 * @param {Tree} tree
 * @param {import('acorn').Identifier} node
 */
function isGlobal(tree, { name }) {
  const uses = tree.references.filter((reference) => !reference.binding && reference.node.name === name);
  return uses.length > 0 && !uses.some(({ node, writes }) => writes || isMemberWritten(tree, node));
}

/**
 * @param {Tree} tree
 * @param {Node} object
 */
function isMemberWritten(tree, object) {
  const member = tree.parentOf(object);
  return member?.type === 'MemberExpression' && member.object === object && isTarget(tree, member);
}

/**
 * Whether a member is assigned to, stepped or deleted.
 * @param {Tree} tree
 * @param {Node} member
 */
export function isTarget(tree, member) {
  const parent = tree.parentOf(member);
  if (parent?.type === 'AssignmentExpression') return parent.left === member;
  if (parent?.type === 'ForInStatement' || parent?.type === 'ForOfStatement') return parent.left === member;
  return parent?.type === 'UpdateExpression' || (parent?.type === 'UnaryExpression' && parent.operator === 'delete');
}

/**
 * The only call of a function that is used nowhere else, from outside itself.
 * @param {Tree} tree
 * @param {Binding} binding
 * @returns {OnlyCall | undefined} where its arguments fit its parameters
 */
export function onlyCallOf(tree, binding) {
  const declaration = binding.value;
  const [reference] = binding.references;
  if (declaration?.type !== 'FunctionDeclaration' || binding.references.length !== 1 || !reference) return undefined;
  const call = tree.parentOf(reference.node);
  if (call?.type !== 'CallExpression' || call.callee !== reference.node) return undefined;
  const isInside = call.start >= declaration.start && call.end <= declaration.end;
  const fits =
    call.arguments.length <= declaration.params.length && declaration.params.every(({ type }) => type === 'Identifier');
  const isSimple = !call.arguments.some((argument) => argument.type === 'SpreadElement' || asksCaller(argument));
  return !isInside && fits && isSimple && isPlain(declaration) ? { declaration, call } : undefined;
}

/**
 * Declares a function's parameters as variables, bound to the arguments of its only call.
 * @param {Tree} tree
 * @param {OnlyCall} once
 * @returns {import('./text.mjs').Part[]}
 */
export function boundParameters(tree, { declaration, call }) {
  return declaration.params.flatMap((parameter, index) => {
    const { name } = /** @type {import('acorn').Identifier} */ (parameter);
    const binding = tree.scopeOf(parameter).bindings.get(name);
    const argument = call.arguments[index];
    if (!argument) return [`let ${name};\n`];
    return [`${binding && isConstant(binding) ? 'const' : 'let'} ${name} = `, argument, ';\n'];
  });
}

/**
 * The returns of the function that a piece of code is part of.
 * @param {Node} node
 * @returns {Node[]}
 */
export function returnsIn(node) {
  if (node.type === 'ReturnStatement') return [node];
  return childrenOf(node).flatMap((child) => (isFunction(child) ? [] : returnsIn(child)));
}
