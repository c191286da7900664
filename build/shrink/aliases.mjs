// Replaces a variable that only repeats another one, a built-in or a literal.

import { bindingsOf, isBuiltin, isConstant } from './facts.mjs';
import { renamed } from './names.mjs';

/** @typedef {import('../nodes.mjs').Node} Node */
/** @typedef {import('../scopes.mjs').Binding} Binding */
/** @typedef {import('../tree.mjs').Tree} Tree */
/** @typedef {import('./text.mjs').Edit} Edit */

/** A variable that holds a text costs more than one char of the program: longer texts that are used twice stay. */
const LONGEST_TEXT = 40;

/**
 * `const a = b; f(a);` becomes `f(b);` where neither changes.
 * @param {Tree} tree
 * @returns {Edit[][]}
 */
export function replaceAliases(tree) {
  return bindingsOf(tree).flatMap((binding) => {
    const statement = tree.ancestorsOf(binding.node)[1];
    const { value, references } = binding;
    if (statement?.type !== 'VariableDeclaration' || statement.declarations.length !== 1 || !value) return [];
    if (!isConstant(binding) || !isStatement(tree, statement) || !canRepeat(tree, value, references)) return [];
    const text = tree.code.slice(value.start, value.end);
    return [
      [
        { start: statement.start, end: statement.end, parts: [] },
        ...references.map(({ node }) => renamed(tree, node, text)),
      ],
    ];
  });
}

/**
 * Whether an expression means the same wherever it is written, and never changes. A loop's head is one variable for all rounds
 * on the chip: a copy of it is no mere alias.
 * @param {Tree} tree
 * @param {Node} value
 * @param {readonly import('../scopes.mjs').Reference[]} uses
 */
function canRepeat(tree, value, uses) {
  if (value.type === 'Literal') return canRepeatLiteral(tree, value, uses);
  const binding = value.type === 'Identifier' ? tree.referenceAt(value)?.binding : undefined;
  return binding ? isConstant(binding) && binding.scope.kind !== 'loop' : isBuiltin(tree, value);
}

/**
 * @param {Tree} tree
 * @param {import('acorn').Literal} literal
 * @param {readonly import('../scopes.mjs').Reference[]} uses
 */
function canRepeatLiteral(tree, { value }, uses) {
  if (typeof value === 'string') return uses.length < 2 || value.length <= LONGEST_TEXT;
  const isNumber =
    typeof value === 'number' && !uses.some(({ node }) => tree.parentOf(node)?.type === 'MemberExpression');
  return isNumber || typeof value === 'boolean';
}

/**
 * Whether a declaration stands for itself, and not in the head of a loop.
 * @param {Tree} tree
 * @param {Node} declaration
 */
function isStatement(tree, declaration) {
  return /^(Program|BlockStatement)$/.test(tree.parentOf(declaration)?.type ?? '');
}
