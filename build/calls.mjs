// What runs at once when a function is called: enough of a call graph to tell which names a call needs.

import { descendantsOf, isFunction } from './nodes.mjs';

/** @typedef {import('./nodes.mjs').Node} Node */
/** @typedef {import('./nodes.mjs').FunctionNode} FunctionNode */
/** @typedef {import('./scopes.mjs').Scope} Scope */
/** @typedef {import('./scopes.mjs').Reference} Reference */
/** @typedef {import('./tree.mjs').Tree} Tree */
/** @typedef {import('acorn').CallExpression | import('acorn').NewExpression} CallNode */
/** @typedef {{ node: CallNode, scope: Scope }} Call */

/** Methods that call the functions they are given before they return; all others may keep them for later. */
const CALLS_BACK_AT_ONCE = /^(every|filter|find|findIndex|forEach|map|reduce|replace|replaceAll|some|sort)$/;

/**
 * Every call of a bundle, with the scope it is in.
 * @param {Tree} tree
 * @returns {Call[]}
 */
export function callsOf(tree) {
  return tree.all('CallExpression', 'NewExpression').map((node) => ({ node, scope: tree.scopeOf(node) }));
}

/**
 * Whether a function is called where it stands: `(() => …)()`, `list.map(() => …)`, `new Promise(() => …)`.
 * @param {Tree} tree
 * @param {Node} node
 */
export function isCalledAtOnce(tree, node) {
  const parent = tree.parentOf(node);
  if (parent?.type !== 'CallExpression' && parent?.type !== 'NewExpression') return false;
  return parent.callee === node || callsArguments(parent);
}

/**
 * All references that run before a call returns, as far as the text tells. A method is taken for every function of the
 * bundle that bears its name.
 * @param {Tree} tree
 * @param {Call} call
 * @returns {Reference[]}
 */
export function usedByCall(tree, call) {
  /** @type {Set<FunctionNode>} */
  const running = new Set();
  const waiting = targets(tree, call.node);
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    if (running.has(next)) continue;
    running.add(next);
    waiting.push(...callsIn(next).flatMap((node) => targets(tree, node)));
  }
  return [...running].flatMap((node) => referencesIn(tree, node));
}

/**
 * @param {FunctionNode} node
 * @returns {CallNode[]}
 */
function callsIn(node) {
  return ownNodes(node).filter((inner) => inner.type === 'CallExpression' || inner.type === 'NewExpression');
}

/**
 * @param {Tree} tree
 * @param {FunctionNode} node
 */
function referencesIn(tree, node) {
  return ownNodes(node).flatMap((inner) => tree.referenceAt(inner) ?? []);
}

/** @param {FunctionNode} node */
function ownNodes(node) {
  return isFunction(node.body) ? [] : descendantsOf(node.body, { functions: false });
}

/**
 * The functions that a call runs at once.
 * @param {Tree} tree
 * @param {CallNode} call
 * @returns {FunctionNode[]}
 */
function targets(tree, call) {
  const values = callsArguments(call) ? [call.callee, ...call.arguments] : [call.callee];
  return values.flatMap((value) => functionsOf(tree, value));
}

/** @param {CallNode} call */
function callsArguments({ type, callee }) {
  if (type === 'NewExpression') return callee.type === 'Identifier' && callee.name === 'Promise';
  return (
    callee.type === 'MemberExpression' &&
    callee.property.type === 'Identifier' &&
    CALLS_BACK_AT_ONCE.test(callee.property.name)
  );
}

/**
 * The functions that an expression may stand for.
 * @param {Tree} tree
 * @param {Node} value
 * @returns {FunctionNode[]}
 */
function functionsOf(tree, value) {
  if (isFunction(value)) return [value];
  if (value.type === 'Identifier') {
    const known = tree.referenceAt(value)?.binding?.value;
    if (known?.type === 'ClassDeclaration' || known?.type === 'ClassExpression') return constructorsOf(known);
    return known && known !== value && isFunction(known) ? [known] : [];
  }
  if (value.type === 'MemberExpression' && value.property.type === 'Identifier' && !value.computed) {
    return methodsNamed(tree, value.property.name);
  }
  return [];
}

/** @param {import("acorn").Class | import("acorn").AnonymousClassDeclaration} node */
function constructorsOf(node) {
  return node.body.body.flatMap((member) =>
    member.type === 'MethodDefinition' && member.kind === 'constructor' ? [member.value] : [],
  );
}

/**
 * @param {Tree} tree
 * @param {string} name
 * @returns {FunctionNode[]}
 */
function methodsNamed(tree, name) {
  return tree.all('Property', 'MethodDefinition').flatMap((member) => {
    const { key, value } = member;
    if (key.type !== 'Identifier' || key.name !== name) return [];
    if (value.type === 'Identifier') return functionsOf(tree, value);
    return isFunction(value) ? [value] : [];
  });
}
