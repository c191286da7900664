// Lets go of what the program needs only while it boots.

import { isCalledAtOnce } from '../calls.mjs';
import { isFunction } from '../nodes.mjs';
import { isConstant } from './facts.mjs';

/** @typedef {import('../nodes.mjs').Node} Node */
/** @typedef {import('../tree.mjs').Tree} Tree */
/** @typedef {import('./text.mjs').Edit} Edit */

/**
 * `const a = {…}; f(a.x); …` becomes `let a = {…}; f(a.x); a = undefined; …` where no function that is kept asks for `a`. To be
 * done last, as nothing is known of a variable that changes.
 * @param {Tree} tree
 * @returns {Edit[][]}
 */
export function letGo(tree) {
  return [...(tree.scopes[0]?.bindings.values() ?? [])].flatMap((binding) => {
    const statement = tree.ancestorsOf(binding.node)[1];
    if (statement?.type !== 'VariableDeclaration' || statement.declarations.length !== 1) return [];
    if (!isConstant(binding) || !isHeavy(binding.value) || !runsOnce(tree, binding.references)) return [];
    const uses = binding.references.map(({ node }) => /** @type {Node} */ (tree.ancestorsOf(node).at(-2)).end);
    const end = Math.max(statement.end, ...uses);
    const edits = [{ start: end, end, parts: [`\n${binding.name} = undefined;`] }];
    if (statement.kind === 'const') edits.push({ start: statement.start, end: statement.start + 5, parts: ['let'] });
    return [edits];
  });
}

/**
 * Whether a value may take more room than its name: all but literals and functions may.
 * @param {Node | undefined} value
 */
function isHeavy(value) {
  return !!value && value.type !== 'Literal' && !isFunction(value);
}

/**
 * Whether a variable is used, and all its uses are over when the program has been read to its end.
 * @param {Tree} tree
 * @param {readonly import('../scopes.mjs').Reference[]} references
 */
function runsOnce(tree, references) {
  const isOver = references.every(({ node }) =>
    tree.ancestorsOf(node).every((ancestor) => !isFunction(ancestor) || isCalledAtOnce(tree, ancestor)),
  );
  return references.length > 0 && isOver;
}
