// The bundle as a syntax tree that rules can ask questions of.

import { parse } from 'acorn';
import { childrenOf } from './nodes.mjs';
import { createScopes } from './scopes.mjs';

/** @typedef {import('./nodes.mjs').Node} Node */
/** @typedef {import('./nodes.mjs').NodeType} NodeType */
/**
 * @template {NodeType} T
 * @typedef {import('./nodes.mjs').NodeOf<T>} NodeOf
 */

/**
 * @typedef {object} Tree
 * @property {string} code
 * @property {Node} root
 * @property {<T extends NodeType>(...types: T[]) => NodeOf<T>[]} all nodes of these types, in source order
 * @property {(node: Node) => Node | undefined} parentOf
 * @property {(node: Node) => Node[]} ancestorsOf nearest first
 * @property {import('./scopes.mjs').Scope[]} scopes
 * @property {readonly import('./scopes.mjs').Reference[]} references in source order
 * @property {(node: Node) => import('./scopes.mjs').Scope} scopeOf
 * @property {(node: Node) => import('./scopes.mjs').Reference | undefined} referenceAt undefined where no variable is named
 */

/**
 * @param {string} code
 * @returns {Tree}
 * @throws {SyntaxError} with `loc` when it is not JavaScript at all
 */
export function createTree(code) {
  const root = parse(code, { ecmaVersion: 'latest', sourceType: 'script', locations: true });
  /** @type {Map<NodeType, Node[]>} */
  const byType = new Map();
  /** @type {Map<Node, Node>} */
  const parents = new Map();

  /** @param {Node} node */
  function visit(node) {
    const siblings = byType.get(node.type);
    if (siblings) siblings.push(node);
    else byType.set(node.type, [node]);
    for (const child of childrenOf(node)) {
      parents.set(child, node);
      visit(child);
    }
  }

  /** @param {Node} node */
  function ancestorsOf(node) {
    const ancestors = [];
    for (let parent = parents.get(node); parent; parent = parents.get(parent)) ancestors.push(parent);
    return ancestors;
  }

  visit(root);
  return {
    code,
    root,
    all: (...types) => /** @type {any} */ (types.flatMap((type) => byType.get(type) ?? [])),
    parentOf: (node) => parents.get(node),
    ancestorsOf,
    ...createScopes(root, (node) => parents.get(node)),
  };
}
