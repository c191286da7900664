// Moves functions that are called from one place only to that place: they exist while they run, and no longer.

import { isFunction } from '../nodes.mjs';
import { isFactory } from './factories.mjs';
import { bindingsOf, boundParameters, onlyCallOf } from './facts.mjs';
import { EVERY_MESSAGE, FEW_MESSAGES } from './hot.mjs';
import { originalName } from './names.mjs';

/** @typedef {import('../nodes.mjs').Node} Node */
/** @typedef {import('../tree.mjs').Tree} Tree */
/** @typedef {import('./text.mjs').Edit} Edit */

/**
 * `function f(a) {…} … f(b)` becomes `… (function () { const a = b; … })()`. Factories that may still be unwrapped stay as long as
 * there is something else to move.
 * @param {Tree} tree
 * @returns {Edit[][]}
 */
export function moveIntoCalls(tree) {
  const moves = movesOf(tree, (once) => !isWaiting(tree, once));
  return moves.length > 0 ? moves : movesOf(tree, (once) => isWaiting(tree, once));
}

/**
 * @param {Tree} tree
 * @param {(once: import('./facts.mjs').OnlyCall) => boolean} isTurn
 * @returns {Edit[][]}
 */
function movesOf(tree, isTurn) {
  return bindingsOf(tree).flatMap((binding) => {
    const once = onlyCallOf(tree, binding);
    if (
      !once ||
      !isTurn(once) ||
      isNearMessages(binding.name) ||
      isInLoop(tree, once.call) ||
      runsPerMessage(tree, once.call)
    )
      return [];
    const { declaration, call } = once;
    const body = { start: declaration.body.start + 1, end: declaration.body.end - 1 };
    return [
      [
        { start: declaration.start, end: declaration.end, parts: [] },
        { start: call.start, end: call.end, parts: ['(function () {\n', ...boundParameters(tree, once), body, '})()'] },
      ],
    ];
  });
}

/** @param {string} name */
function isNearMessages(name) {
  return EVERY_MESSAGE.has(originalName(name)) || FEW_MESSAGES.has(originalName(name));
}

/**
 * Whether a call makes a part of the program, and is still inside an object that is to be taken apart.
 * @param {Tree} tree
 * @param {import('./facts.mjs').OnlyCall} once
 */
function isWaiting(tree, { declaration, call }) {
  const isTop = !tree.ancestorsOf(call).some(({ type }) => /(?<!Expression)Statement$|^Function/.test(type));
  return isTop && isFactory(tree, declaration);
}

/**
 * What runs for each message, by the names that these functions have in src/ (an object's methods have the object's name in front).
 * A function inside them would be read twice by the chip, which runs programs from their text, and be skipped char by char when it
 * is not called: moving six of them there doubles the time that a message takes.
 */
const PER_MESSAGE = /^(decode|receive|onPublish|client_onMessage|light_command|parseCommand|obey|onData)(\$\d+)?$/;

/**
 * @param {Tree} tree
 * @param {Node} node
 */
function runsPerMessage(tree, node) {
  return tree.ancestorsOf(node).some((each) => isFunction(each) && PER_MESSAGE.test(each.id?.name ?? ''));
}

/**
 * @param {Tree} tree
 * @param {Node} node
 */
function isInLoop(tree, node) {
  for (const ancestor of tree.ancestorsOf(node)) {
    if (isFunction(ancestor)) return false;
    if (/^(For|ForIn|ForOf|While|DoWhile)Statement$/.test(ancestor.type)) return true;
  }
  return false;
}
