// Rewrites the bundle so that it takes fewer of the chip's variables, of which every function and closure that is kept takes
// four to seven. It does the same as before, and each rewrite is one file of shrink/.

import { createTree } from './tree.mjs';
import { replaceAliases } from './shrink/aliases.mjs';
import { letGo } from './shrink/boot.mjs';
import { moveIntoCalls } from './shrink/calls.mjs';
import { unwrapFactories } from './shrink/factories.mjs';
import { writeOutExpressions } from './shrink/expressions.mjs';
import { declaresTwice, separateNames } from './shrink/names.mjs';
import { takeObjectsApart } from './shrink/objects.mjs';
import { writeOutCalls } from './shrink/statements.mjs';
import { createText, editText } from './shrink/text.mjs';

/** @typedef {import('./shrink/text.mjs').Edit} Edit */
/** @typedef {import('./shrink/text.mjs').Text} Text */
/** @typedef {(tree: import('./tree.mjs').Tree) => Edit[][]} Rewrite */

/** What is done until there is nothing left to do. */
const FLATTENING = [unwrapFactories, takeObjectsApart, replaceAliases];

/** What is done in single steps, each followed by all of the above: what has been moved cannot be unwrapped any more. */
const MOVING = [writeOutExpressions, writeOutCalls, moveIntoCalls];

/** What is done once, in the end. */
export const FINISHING = [letGo];

/**
 * @param {string} code a bundle in which every module's variables are the program's own
 * @param {readonly Rewrite[]} [finishing]
 * @returns {Text} the same program, and where each of its chars was
 */
export function shrink(code, finishing = FINISHING) {
  const first = createText(code);
  let tree = treeOf(code);
  if (!tree || declaresTwice(tree)) return first;

  /**
   * @param {Text} text
   * @param {Rewrite} rewriter
   */
  function once(text, rewriter) {
    if (tree?.code !== text.code) tree = createTree(text.code);
    return editText(text, compatible(rewriter(tree)));
  }

  const small = untilStable(once(first, separateNames), (text) => {
    const flat = untilStable(text, (each) => FLATTENING.reduce(once, each));
    return MOVING.reduce(once, flat);
  });
  return finishing.reduce(once, small);
}

/**
 * @param {string} code
 * @returns {import('./tree.mjs').Tree | undefined} undefined where the guard will say what is wrong
 */
function treeOf(code) {
  try {
    return createTree(code);
  } catch {
    return undefined;
  }
}

/**
 * @param {Text} text
 * @param {(text: Text) => Text} step
 * @returns {Text}
 */
function untilStable(text, step) {
  const next = step(text);
  return next.code === text.code ? text : untilStable(next, step);
}

/**
 * The groups of edits that do not touch an earlier one; the others are found again in the next round.
 * @param {Edit[][]} groups
 */
function compatible(groups) {
  /** @type {Edit[]} */
  const edits = [];
  for (const group of groups) {
    if (!group.some((edit) => edits.some((other) => touches(edit, other)))) edits.push(...group);
  }
  return edits;
}

/**
 * @param {Edit} a
 * @param {Edit} b
 */
function touches(a, b) {
  return a.start < b.end && b.start < a.end;
}
