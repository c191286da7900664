// Writes the body of a function in the place of its only call, where that is a statement.

import { childrenOf, isFunction } from '../nodes.mjs';
import { bindingsOf, boundParameters, onlyCallOf, returnsIn } from './facts.mjs';
import { FEW_MESSAGES } from './hot.mjs';
import { originalName } from './names.mjs';

/** @typedef {import('../nodes.mjs').Node} Node */
/** @typedef {import('../tree.mjs').Tree} Tree */
/** @typedef {import('./text.mjs').Edit} Edit */
/** @typedef {import('./text.mjs').Part} Part */
/** @typedef {import('acorn').Statement | import('acorn').ModuleDeclaration} Statement */

/**
 * `function f(a) { if (!a) return; g(a); } … f(b);` becomes `… { const a = b; if (!a) {} else { g(a); } }`.
 * @param {Tree} tree
 * @returns {Edit[][]}
 */
export function writeOutCalls(tree) {
  return bindingsOf(tree).flatMap((binding) => {
    const once = FEW_MESSAGES.has(originalName(binding.name)) ? undefined : onlyCallOf(tree, binding);
    const statement = once && statementOf(tree, once.call);
    if (!once || !statement || needsFunction(once.declaration.body)) return [];
    const body = bodyFor(statement, once.declaration.body.body);
    if (!body) return [];
    return [
      [
        { start: once.declaration.start, end: once.declaration.end, parts: [] },
        {
          start: statement.start,
          end: statement.end,
          parts: [...declaredBy(statement), '{\n', ...boundParameters(tree, once), ...body, '}\n'],
        },
      ],
    ];
  });
}

/**
 * Whether code needs the scope of a function: the chip sees a block's variables only from functions that are made after the first
 * of them, and a `var` outlives its block.
 * @param {Node} node
 * @returns {boolean}
 */
function needsFunction(node) {
  const isVar = node.type === 'VariableDeclaration' && node.kind === 'var';
  return isVar || childrenOf(node).some((child) => isFunction(child) || needsFunction(child));
}

/**
 * The statement that a call is all of, or whose only variable it initialises.
 * @param {Tree} tree
 * @param {Node} call
 */
function statementOf(tree, call) {
  const parent = tree.parentOf(call);
  if (parent?.type !== 'VariableDeclarator') return parent;
  const statement = tree.parentOf(parent);
  const isAlone = statement?.type === 'VariableDeclaration' && statement.declarations.length === 1;
  return isAlone && tree.parentOf(statement)?.type === 'BlockStatement' ? statement : undefined;
}

/**
 * @param {Node} statement
 * @returns {Part[]}
 */
function declaredBy(statement) {
  return statement.type === 'VariableDeclaration' ? [`let ${nameIn(statement)};\n`] : [];
}

/** @param {import('acorn').VariableDeclaration} statement */
function nameIn({ declarations: [declarator] }) {
  return declarator?.id.type === 'Identifier' ? declarator.id.name : '';
}

/**
 * @param {Node} statement
 * @param {readonly Statement[]} body
 * @returns {Part[] | undefined} undefined where the function returns in a way that a block cannot
 */
function bodyFor(statement, body) {
  if (statement.type === 'ExpressionStatement') return withoutReturns(body, '');
  if (statement.type === 'VariableDeclaration') return withoutReturns(body, `${nameIn(statement)} = `);
  if (statement.type !== 'ReturnStatement') return undefined;
  const last = body.at(-1);
  const isOver = last?.type === 'ReturnStatement' || last?.type === 'ThrowStatement';
  return [...body.flatMap((each) => [each, '\n']), isOver ? '' : 'return;\n'];
}

/**
 * Statements with what follows a return as the other branch.
 * @param {readonly Statement[]} statements
 * @param {string} target is given what is returned
 * @returns {Part[] | undefined}
 */
function withoutReturns([first, ...rest], target) {
  if (!first) return [];
  if (returnsIn(first).length === 0) {
    const others = withoutReturns(rest, target);
    return others && [first, '\n', ...others];
  }
  const end = first.type === 'IfStatement' && !first.alternate ? endOf(first.consequent, target) : undefined;
  if (first.type === 'ReturnStatement') return endOf(first, target);
  const others = end && withoutReturns(rest, target);
  if (first.type !== 'IfStatement' || !others) return undefined;
  return ['if (', first.test, ') {', ...end, '} else {\n', ...others, '}\n'];
}

/**
 * A branch that ends with its only return.
 * @param {Statement} branch
 * @param {string} target
 * @returns {Part[] | undefined}
 */
function endOf(branch, target) {
  const statements = branch.type === 'BlockStatement' ? branch.body : [branch];
  const last = statements.at(-1);
  const before = statements.slice(0, -1);
  if (last?.type !== 'ReturnStatement' || before.some((each) => returnsIn(each).length > 0)) return undefined;
  return [...before, ...(last.argument ? [`${target}(`, last.argument, ');'] : [])];
}
