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
 * @param {Tree} tree
 * @returns {{ calls: Call[], usedBy: (call: Call) => Reference[] }} every call of a bundle, and all references that run before
 *   it returns, as far as the text tells; a method is taken for every function of the bundle that bears its name
 */
export function createCalls(tree) {
  const methods = methodsByName(tree);
  /** @type {Map<FunctionNode, { next: FunctionNode[], references: Reference[] }>} */
  const bodies = new Map();
  /** @type {Map<FunctionNode, Set<FunctionNode>>} */
  const reached = new Map();

  /** @param {FunctionNode} node */
  function bodyOf(node) {
    const known = bodies.get(node);
    if (known) return known;
    const nodes = isFunction(node.body) ? [] : descendantsOf(node.body, { functions: false });
    const body = {
      next: nodes.filter(isCall).flatMap((call) => targets(tree, methods, call)),
      references: nodes.flatMap((inner) => tree.referenceAt(inner) ?? []),
    };
    bodies.set(node, body);
    return body;
  }

  /** @param {FunctionNode} first */
  function runBy(first) {
    const known = reached.get(first);
    if (known) return known;
    /** @type {Set<FunctionNode>} */
    const running = new Set([first]);
    for (const node of running) for (const next of bodyOf(node).next) running.add(next);
    reached.set(first, running);
    return running;
  }

  return {
    calls: tree.all('CallExpression', 'NewExpression').map((node) => ({ node, scope: tree.scopeOf(node) })),
    usedBy: ({ node }) => {
      const running = new Set(targets(tree, methods, node).flatMap((target) => [...runBy(target)]));
      return [...running].flatMap((each) => bodyOf(each).references);
    },
  };
}

/** @param {Node} node @returns {node is CallNode} */
function isCall(node) {
  return node.type === 'CallExpression' || node.type === 'NewExpression';
}

/**
 * The functions that a call runs at once.
 * @param {Tree} tree
 * @param {Map<string, FunctionNode[]>} methods
 * @param {CallNode} call
 * @returns {FunctionNode[]}
 */
function targets(tree, methods, call) {
  const values = callsArguments(call) ? [call.callee, ...call.arguments] : [call.callee];
  return values.flatMap((value) =>
    value.type === 'MemberExpression' && value.property.type === 'Identifier' && !value.computed
      ? (methods.get(value.property.name) ?? [])
      : functionsOf(tree, value),
  );
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
 * @returns {Map<string, FunctionNode[]>}
 */
function methodsByName(tree) {
  /** @type {Map<string, FunctionNode[]>} */
  const methods = new Map();
  for (const { key, value } of tree.all('Property', 'MethodDefinition')) {
    if (key.type !== 'Identifier') continue;
    methods.set(key.name, [...(methods.get(key.name) ?? []), ...functionsOf(tree, value)]);
  }
  return methods;
}
