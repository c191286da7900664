// Names that are not there yet, or no longer what they were, when the chip looks them up: it hoists nothing, a loop's head
// is one scope for all its rounds, and a block has no scope before its first let.

import { createCalls, isCalledAtOnce } from '../calls.mjs';
import { isFunction } from '../nodes.mjs';
import { functionScopeOf } from '../scopes.mjs';

/** @typedef {import('../guard.mjs').Rule} Rule */
/** @typedef {import('../guard.mjs').Finding} Finding */
/** @typedef {import('../nodes.mjs').Node} Node */
/** @typedef {import('../scopes.mjs').Scope} Scope */
/** @typedef {import('../scopes.mjs').Binding} Binding */
/** @typedef {import('../tree.mjs').Tree} Tree */

/** @type {readonly Rule[]} */
export const ORDER_RULES = [
  {
    name: 'use-before-declaration',
    why: 'is used before the line that declares it has run; the chip hoists no function and no variable',
    instead: 'declare it above',
    check: (tree) =>
      declaredNames(tree).flatMap((binding) =>
        binding.references
          .filter(({ node, scope }) => node.start < binding.readyAt && sameFunction(scope, binding.scope))
          .map(({ node }) => ({ at: node, subject: binding.name })),
      ),
  },
  {
    name: 'call-before-declaration',
    why: 'is used by this call before the line that declares it has run; the chip hoists no function and no variable',
    instead: 'declare it above the call',
    check: (tree) => {
      const { calls, usedBy } = createCalls(tree);
      return calls.flatMap((call) => lateNames(call, usedBy(call)));
    },
  },
  {
    name: 'unreachable-function',
    why: 'a function declared after return or throw never comes to be, as nothing is hoisted',
    instead: 'declare it above',
    check: (tree) => tree.all('BlockStatement').flatMap(afterTheEnd),
  },
  {
    name: 'var-in-block',
    why: 'does not exist outside its block unless the block has run',
    instead: 'declare it at the top of the function',
    check: (tree) =>
      declaredNames(tree)
        .filter(({ kind, scope, writtenIn }) => kind === 'var' && writtenIn !== scope && !isLoopHead(writtenIn, scope))
        .flatMap(({ name, writtenIn, references }) =>
          references
            .filter(({ node }) => !isWithin(node, writtenIn.node))
            .map(({ node }) => ({ at: node, subject: name })),
        ),
  },
  {
    name: 'loop-closure',
    why: 'is one variable for all rounds of the loop, so a function kept from a round sees the value of the last',
    instead: 'copy it to a const in the body and use that',
    check: (tree) =>
      tree.scopes
        .filter((scope) => scope.kind === 'loop')
        .flatMap((scope) => [...scope.bindings.values()])
        .flatMap((binding) => keptReferences(tree, binding).map(({ node }) => ({ at: node, subject: binding.name }))),
  },
  {
    name: 'block-closure',
    why: 'stays unknown to a function made before the first let, const or class of the block',
    instead: 'declare it first',
    check: (tree) =>
      tree.scopes.filter((scope) => scope.kind === 'block').flatMap((scope) => orphanedReferences(tree, scope)),
  },
];

/**
 * The names that come to be when a line runs.
 * @param {Tree} tree
 */
function declaredNames(tree) {
  return tree.scopes
    .flatMap((scope) => [...scope.bindings.values()])
    .filter(({ kind }) => kind !== 'parameter' && kind !== 'self' && kind !== 'catch');
}

/**
 * @param {Scope} a
 * @param {Scope} b
 */
function sameFunction(a, b) {
  return functionScopeOf(a) === functionScopeOf(b);
}

/**
 * @param {Node} node
 * @param {Node} outer
 */
function isWithin(node, outer) {
  return node.start >= outer.start && node.end <= outer.end;
}

/**
 * The names that a call needs and that come to be only after it.
 * @param {import('../calls.mjs').Call} call
 * @param {import('../scopes.mjs').Reference[]} used by it
 * @returns {Finding[]}
 */
function lateNames(call, used) {
  const home = functionScopeOf(call.scope);
  const late = used.filter(
    ({ binding, scope }) =>
      binding &&
      binding.readyAt > call.node.start &&
      functionScopeOf(binding.scope) === home &&
      functionScopeOf(scope) !== home &&
      /^(var|let|const|function|class)$/.test(binding.kind),
  );
  return [...new Set(late.map(({ node }) => node.name))].map((subject) => ({ at: call.node, subject }));
}

/** @param {import('acorn').BlockStatement} block */
function afterTheEnd({ body }) {
  const end = body.findIndex(({ type }) => type === 'ReturnStatement' || type === 'ThrowStatement');
  if (end < 0) return [];
  return body
    .slice(end)
    .filter(({ type }) => type === 'FunctionDeclaration')
    .map((at) => ({ at }));
}

/**
 * @param {Scope} scope
 * @param {Scope} owner
 */
function isLoopHead(scope, owner) {
  return scope.kind === 'loop' && scope.parent === owner;
}

/**
 * References from functions that outlive the round they were made in.
 * @param {Tree} tree
 * @param {Binding} binding
 */
function keptReferences(tree, binding) {
  return binding.references.filter(({ node }) =>
    tree
      .ancestorsOf(node)
      .filter((ancestor) => isFunction(ancestor) && isWithin(ancestor, binding.scope.node))
      .some((ancestor) => !isCalledAtOnce(tree, ancestor)),
  );
}

/**
 * @param {Tree} tree
 * @param {Scope} scope
 * @returns {Finding[]}
 */
function orphanedReferences(tree, scope) {
  const lexical = [...scope.bindings.values()].filter(({ kind }) => kind !== 'function');
  const starts = lexical.map(({ node }) => node.start);
  const begins = Math.min(...starts);
  return lexical.flatMap(({ name, references }) =>
    references
      .filter(({ node }) =>
        tree
          .ancestorsOf(node)
          .some((ancestor) => isFunction(ancestor) && isWithin(ancestor, scope.node) && ancestor.start < begins),
      )
      .map(({ node }) => ({ at: node, subject: name })),
  );
}
