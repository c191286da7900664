// Regular expressions: the chip's matcher knows characters, sets, anchors, * and +, and simple groups.

/** @typedef {import('../guard.mjs').Rule} Rule */
/** @typedef {import('../guard.mjs').Finding} Finding */
/** @typedef {import('../tree.mjs').Tree} Tree */

/** The chip keeps no more. */
const GROUPS = 9;

/** What a pattern, its sets and escaped backslashes aside, must not contain: each is matched wrongly and without a word. */
const REFUSED = /** @type {const} */ ([
  ['?', /(^|[^(\\])\?/],
  ['a group that starts with (?', /\(\?/],
  ['{n}', /[^\\]\{\d/],
  ['\\b or \\B', /\\[bB]/],
  ['a back-reference', /\\[1-9k]/],
  ['\\u, \\c or \\p', /\\[ucpP]/],
  ['a repeated group', /\)[*+]/],
  ['a group in a group', /\((?:[^()\\]|\\.)*\(/],
  ['| beside ^ or a group', /^(?=.*(?:\^|\())(?=.*\|)/],
]);

/** @type {readonly Rule[]} */
export const REGEX_RULES = [
  {
    name: 'regex',
    why: 'is not known to the chip’s regular expressions, which then match something else',
    instead: 'use characters, sets, ^ $ * + and simple groups, or test by hand',
    check: (tree) => patterns(tree).flatMap((regex) => refused(regex).map((subject) => ({ at: regex.at, subject }))),
  },
];

/**
 * @param {{ pattern: string, flags: string, literal: boolean }} regex
 * @returns {string[]}
 */
function refused({ pattern, flags, literal }) {
  const plain = withoutSets(pattern);
  const features = REFUSED.filter(([, test]) => test.test(plain)).map(([feature]) => /** @type {string} */ (feature));
  if (/\[\^?(?:[^\]\\]|\\.)*\\[bBucpP]/.test(pattern)) features.push('such an escape in a set');
  if (literal && /(^|[^\\])\//.test(pattern)) features.push('/ in a set, which ends the literal there,');
  if ((plain.match(/\(/g) ?? []).length > GROUPS) features.push(`more than ${GROUPS} groups`);
  if (/[^gi]/.test(flags)) features.push(`flag ${flags.replace(/[gi]/g, '')}`);
  return features;
}

/**
 * Replaces each set, escaped backslash and escaped bracket by a plain character.
 * @param {string} pattern
 */
function withoutSets(pattern) {
  return pattern.replace(/\\[\\()|^?{]/g, 'x').replace(/\[(?:[^\]\\]|\\.)*\]/g, 'x');
}

/**
 * Regular expressions, as literals or made from a literal string.
 * @param {Tree} tree
 */
function patterns(tree) {
  const literals = tree
    .all('Literal')
    .flatMap((at) => ('regex' in at && at.regex ? [{ at, literal: true, ...at.regex }] : []));
  const made = tree
    .all('NewExpression', 'CallExpression')
    .filter(({ callee }) => callee.type === 'Identifier' && callee.name === 'RegExp')
    .flatMap((at) => {
      const [pattern, flags] = at.arguments.map((argument) =>
        argument.type === 'Literal' ? argument.value : undefined,
      );
      return typeof pattern === 'string'
        ? [{ at, literal: false, pattern, flags: typeof flags === 'string' ? flags : '' }]
        : [];
    });
  return [...literals, ...made];
}
