// Walking a syntax tree, whatever its nodes are.

/** @typedef {import('acorn').AnyNode} Node */
/** @typedef {Node['type']} NodeType */
/** @typedef {Extract<Node, { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }>} FunctionNode */
/**
 * @template {NodeType} T
 * @typedef {Extract<Node, { type: T }>} NodeOf
 */

/**
 * The direct children of a node, in source order.
 * @param {Node} node
 * @returns {Node[]}
 */
export function childrenOf(node) {
  /** @type {Node[]} */
  const children = [];
  for (const value of Object.values(node)) {
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children;
}

/** @param {Node | null | undefined} node @returns {node is FunctionNode} */
export function isFunction(node) {
  return !!node && /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node.type);
}

/**
 * Every node below, and including, this one; nested functions only when asked for.
 * @param {Node} node
 * @param {{ functions: boolean }} into
 * @returns {Node[]}
 */
export function descendantsOf(node, into) {
  const children = childrenOf(node).filter((child) => into.functions || !isFunction(child));
  return [node, ...children.flatMap((child) => descendantsOf(child, into))];
}

/**
 * Whether an operator is a / that follows its left side directly, with no parenthesis between.
 * @param {{ code: string }} tree
 * @param {import('acorn').BinaryExpression | import('acorn').AssignmentExpression} node
 */
export function isDivision({ code }, { operator, left }) {
  return operator[0] === '/' && /^\s*\//.test(code.slice(left.end));
}

/** @param {unknown} value @returns {value is Node} */
function isNode(value) {
  return typeof value === 'object' && value !== null && 'type' in value && typeof value.type === 'string';
}
