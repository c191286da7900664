// Refuses a bundle that the chip's parser would refuse or misread.

import { BUILTIN_RULES } from './rules/builtins.mjs';
import { CLASS_RULES } from './rules/classes.mjs';
import { NAME_RULES } from './rules/names.mjs';
import { ORDER_RULES } from './rules/order.mjs';
import { REGEX_RULES } from './rules/regex.mjs';
import { STATEMENT_RULES } from './rules/statements.mjs';
import { SYNTAX_RULES } from './rules/syntax.mjs';
import { VALUE_RULES } from './rules/values.mjs';
import { createTree } from './tree.mjs';

/** @typedef {import('./tree.mjs').Node} Node */
/** @typedef {import('./tree.mjs').Tree} Tree */

/**
 * @typedef {object} Finding
 * @property {Node} at
 * @property {string} [subject] what exactly is wrong here, put before the rule's `why`
 *
 * @typedef {object} Rule
 * @property {string} name in kebab case
 * @property {string} why what the chip does with it
 * @property {string} instead what to write
 * @property {(tree: Tree) => Finding[]} check
 *
 * @typedef {{ rule: string, line: number, column: number, message: string }} Violation line and column of the bundle, from 1
 *
 * @typedef {(line: number, column: number) => { file: string, line: number, column: number } | undefined} Locator
 *   finds the source of a place in the bundle (line from 1, column from 0)
 */

/** @type {readonly Rule[]} */
export const RULES = [
  ...SYNTAX_RULES,
  ...STATEMENT_RULES,
  ...ORDER_RULES,
  ...NAME_RULES,
  ...CLASS_RULES,
  ...REGEX_RULES,
  ...BUILTIN_RULES,
  ...VALUE_RULES,
];

/**
 * Everything in a finished bundle that the chip would refuse or misread.
 * @param {string} code
 * @param {Locator} [origin]
 * @returns {string[]} lines such as `src/light.ts:12:3 label: …; …`, in the order of the bundle
 */
export function guard(code, origin = () => undefined) {
  return inspect(code).map(({ rule, line, column, message }) => {
    const { file, ...at } = origin(line, column - 1) ?? { file: 'dist/firmware.js', line, column };
    return `${file}:${at.line}:${at.column} ${rule}: ${message}`;
  });
}

/**
 * @param {string} code
 * @returns {Violation[]}
 */
export function inspect(code) {
  const foreign = nonAscii(code);
  if (foreign) return [foreign];
  let tree;
  try {
    tree = createTree(code);
  } catch (error) {
    return [notJavaScript(error)];
  }
  const violations = RULES.flatMap((rule) => rule.check(tree).map((finding) => violation(rule, finding)));
  return violations.sort((a, b) => a.line - b.line || a.column - b.column);
}

/**
 * @param {Rule} rule
 * @param {Finding} finding
 * @returns {Violation}
 */
function violation({ name, why, instead }, { at, subject }) {
  const { line, column } = /** @type {import('acorn').SourceLocation} */ (at.loc).start;
  return { rule: name, line, column: column + 1, message: `${subject ? `${subject} ` : ''}${why}; ${instead}` };
}

/**
 * The chip takes bytes above 127 for its own tokens.
 * @param {string} code
 * @returns {Violation | undefined}
 */
function nonAscii(code) {
  const index = [...code].findIndex((char) => char > '~' || (char < ' ' && char !== '\n'));
  if (index < 0) return undefined;
  const lines = code.slice(0, index).split('\n');
  const column = /** @type {string} */ (lines[lines.length - 1]).length + 1;
  const message = 'a byte outside printable ASCII is read as a token of the interpreter; write \\xHH in a string';
  return { rule: 'non-ascii', line: lines.length, column, message };
}

/**
 * @param {unknown} error
 * @returns {Violation}
 */
function notJavaScript(error) {
  const { message, loc } = /** @type {SyntaxError & { loc?: import('acorn').Position }} */ (error);
  const { line, column } = loc ?? { line: 1, column: 0 };
  return { rule: 'syntax', line, column: column + 1, message: `${message}; write JavaScript that parses` };
}
