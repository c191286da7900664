// Which name means which variable: the scopes of a bundle, what they declare and who refers to it.

import { childrenOf, isFunction } from './nodes.mjs';

/** @typedef {import('./nodes.mjs').Node} Node */
/** @typedef {import('acorn').Identifier} Identifier */
/** @typedef {'program' | 'function' | 'block' | 'loop' | 'switch' | 'catch' | 'class'} ScopeKind */
/** @typedef {'var' | 'let' | 'const' | 'function' | 'class' | 'parameter' | 'catch' | 'self'} BindingKind */

/**
 * @typedef {object} Scope
 * @property {ScopeKind} kind 'loop' is the head of a for; a function's body belongs to its 'function'
 * @property {Node} node
 * @property {Scope | undefined} parent
 * @property {Map<string, Binding>} bindings
 *
 * @typedef {object} Binding
 * @property {string} name
 * @property {BindingKind} kind
 * @property {Identifier} node where it is declared
 * @property {Scope} scope where JavaScript says it lives
 * @property {Scope} writtenIn the innermost scope around the declaration: not `scope` for a var in a block
 * @property {number} readyAt the position from which the chip knows it
 * @property {Node | undefined} value what it is initialised with
 * @property {Reference[]} references
 *
 * @typedef {object} Reference
 * @property {Identifier} node
 * @property {Scope} scope
 * @property {Binding | undefined} binding undefined for a global
 * @property {boolean} writes
 */

/**
 * @param {Node} root
 * @param {(node: Node) => Node | undefined} parentOf
 * @returns {{
 *   scopes: Scope[],
 *   references: readonly Reference[],
 *   scopeOf: (node: Node) => Scope,
 *   referenceAt: (node: Node) => Reference | undefined,
 * }} the references in source order
 */
export function createScopes(root, parentOf) {
  /** @type {Scope[]} */
  const scopes = [];
  /** @type {Map<Node, Scope>} */
  const scopeAt = new Map();
  /** @type {Map<Node, Reference>} */
  const references = new Map();
  /** @type {Set<Identifier>} */
  const declared = new Set();

  /**
   * @param {Node} node
   * @param {Scope | undefined} outer
   */
  function visit(node, outer) {
    const kind = scopeKind(node, parentOf(node));
    /** @type {Scope} */
    const scope = kind || !outer ? { kind: kind ?? 'program', node, parent: outer, bindings: new Map() } : outer;
    if (scope !== outer) scopes.push(scope);
    for (const declaration of declarationsOf(node)) {
      declared.add(declaration.node);
      declare(declaration, declaration.inside ? scope : (outer ?? scope));
    }
    if (node.type === 'Identifier' && !declared.has(node) && isReference(node, parentOf(node))) {
      references.set(node, { node, scope, binding: undefined, writes: isWritten(node, parentOf(node)) });
    }
    scopeAt.set(node, scope);
    for (const child of childrenOf(node)) visit(child, scope);
  }

  visit(root, undefined);
  for (const reference of references.values()) {
    reference.binding = lookUp(reference.node.name, reference.scope);
    reference.binding?.references.push(reference);
  }
  return {
    scopes,
    references: [...references.values()],
    scopeOf: (node) => /** @type {Scope} */ (scopeAt.get(node)),
    referenceAt: (node) => references.get(node),
  };
}

/**
 * The function or program whose code a scope is part of.
 * @param {Scope} scope
 * @returns {Scope}
 */
export function functionScopeOf(scope) {
  return scope.kind === 'function' || scope.kind === 'program' || !scope.parent ? scope : functionScopeOf(scope.parent);
}

/**
 * @param {string} name
 * @param {Scope | undefined} scope
 * @returns {Binding | undefined}
 */
export function lookUp(name, scope) {
  return scope && (scope.bindings.get(name) ?? lookUp(name, scope.parent));
}

/** @typedef {{ node: Identifier, kind: BindingKind, readyAt: number, value?: Node | null, inside: boolean }} Declaration */

/**
 * @param {Declaration} declaration
 * @param {Scope} writtenIn
 */
function declare({ node, kind, readyAt, value }, writtenIn) {
  const scope = kind === 'var' ? functionScopeOf(writtenIn) : writtenIn;
  if (scope.bindings.has(node.name)) return;
  const { name } = node;
  scope.bindings.set(name, { name, kind, node, scope, writtenIn, readyAt, value: value ?? undefined, references: [] });
}

/**
 * @param {Node} node
 * @param {Node | undefined} parent
 * @returns {ScopeKind | undefined}
 */
function scopeKind(node, parent) {
  if (isFunction(node)) return 'function';
  if (node.type === 'BlockStatement') return isFunction(parent) ? undefined : 'block';
  if (/^For(In|Of)?Statement$/.test(node.type)) return 'loop';
  if (node.type === 'SwitchStatement') return 'switch';
  if (node.type === 'CatchClause') return 'catch';
  return node.type === 'ClassExpression' ? 'class' : undefined;
}

/**
 * What a node itself declares; `inside` means in the scope that the node opens.
 * @param {Node} node
 * @returns {Declaration[]}
 */
function declarationsOf(node) {
  if (node.type === 'VariableDeclaration') return variablesOf(node);
  if (node.type === 'CatchClause') return named(node.param, { kind: 'catch', readyAt: node.start, inside: true });
  if (node.type === 'ClassDeclaration') {
    return named(node.id, { kind: 'class', readyAt: node.end, value: node, inside: false });
  }
  if (node.type === 'ClassExpression') return named(node.id, { kind: 'self', readyAt: node.start, inside: true });
  if (!isFunction(node)) return [];
  const parameters = node.params.flatMap((parameter) =>
    named(parameter, { kind: 'parameter', readyAt: node.start, inside: true }),
  );
  const own =
    node.type === 'FunctionDeclaration'
      ? named(node.id, { kind: 'function', readyAt: node.end, value: node, inside: false })
      : named(node.id, { kind: 'self', readyAt: node.start, value: node, inside: true });
  return [...parameters, ...own];
}

/**
 * A var is there, undefined, while its own initial value is worked out; a let or const is not.
 * @param {import('acorn').VariableDeclaration} node
 */
function variablesOf(node) {
  const kind = /** @type {'var' | 'let' | 'const'} */ (node.kind);
  return node.declarations.flatMap(({ id, init, end }) =>
    named(id, { kind, readyAt: kind === 'var' ? id.end : end, value: init, inside: true }),
  );
}

/**
 * @param {Node | null | undefined} pattern
 * @param {Omit<Declaration, 'node'>} details
 * @returns {Declaration[]}
 */
function named(pattern, details) {
  if (!pattern) return [];
  if (pattern.type === 'Identifier') return [{ node: pattern, ...details }];
  if (pattern.type === 'ObjectPattern') return pattern.properties.flatMap((property) => named(property, details));
  if (pattern.type === 'ArrayPattern') return pattern.elements.flatMap((element) => named(element, details));
  if (pattern.type === 'Property') return named(pattern.value, details);
  if (pattern.type === 'AssignmentPattern') return named(pattern.left, details);
  return pattern.type === 'RestElement' ? named(pattern.argument, details) : [];
}

/**
 * Whether an identifier stands for a variable, and not for a property, a method or a label.
 * @param {Identifier} node
 * @param {Node | undefined} parent
 */
function isReference(node, parent) {
  if (!parent) return false;
  if (parent.type === 'MemberExpression') return parent.object === node || parent.computed;
  if (parent.type === 'Property' || parent.type === 'MethodDefinition' || parent.type === 'PropertyDefinition') {
    return parent.value === node || parent.computed;
  }
  return !/^(LabeledStatement|BreakStatement|ContinueStatement|MetaProperty)$/.test(parent.type);
}

/**
 * @param {Identifier} node
 * @param {Node | undefined} parent
 */
function isWritten(node, parent) {
  if (parent?.type === 'AssignmentExpression') return parent.left === node;
  if (parent?.type === 'ForInStatement' || parent?.type === 'ForOfStatement') return parent.left === node;
  return parent?.type === 'UpdateExpression';
}
