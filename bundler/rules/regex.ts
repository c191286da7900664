// Regular expressions: the chip's matcher knows characters, sets, anchors, * and +, and simple groups.

import type { SourceCode } from 'eslint';
import { all, nameOf, type Finding, type NodeOf } from './code.ts';

/** What a pattern, its sets and escaped brackets aside, must not contain: each is matched wrongly and without a word. */
const REFUSED: [feature: string, test: RegExp][] = [
  ['?', /(^|[^(\\])\?/],
  ['a group that starts with (?', /\(\?/],
  ['{n}', /[^\\]\{\d/],
  ['\\b or \\B', /\\[bB]/],
  ['a back-reference', /\\[1-9k]/],
  ['\\u, \\c or \\p', /\\[ucpP]/],
  ['a repeated group', /\)[*+]/],
  ['a group in a group', /\((?:[^()\\]|\\.)*\(/],
  ['| beside ^ or a group', /^(?=.*(?:\^|\())(?=.*\|)/],
  ['a group after the ninth', /(\(.*){10}/],
];

function featuresOf(pattern: string, flags: string, isLiteral: boolean): string[] {
  const plain = pattern.replace(/\\[\\()|^?{]/g, 'x').replace(/\[(?:[^\]\\]|\\.)*\]/g, 'x');
  const features = REFUSED.filter(([, test]) => test.test(plain)).map(([feature]) => feature);
  if (/\[\^?(?:[^\]\\]|\\.)*\\[bBucpP]/.test(pattern)) features.push('such an escape in a set');
  if (isLiteral && /(^|[^\\])\//.test(pattern)) features.push('/ in a set, which ends the literal there,');
  if (/[^gi]/.test(flags)) features.push(`flag ${flags.replace(/[gi]/g, '')}`);
  return features;
}

/** What a regular expression, a literal or made from a literal string, has that the chip does not know. */
function check(node: NodeOf<'Literal' | 'NewExpression' | 'CallExpression'>): string[] {
  if (node.type === 'Literal') return 'regex' in node ? featuresOf(node.regex.pattern, node.regex.flags, true) : [];
  const [pattern, flags] = node.arguments.map((given) => (given.type === 'Literal' ? given.value : undefined));
  const isRegex = nameOf(node.callee) === 'RegExp' && typeof pattern === 'string';
  return isRegex ? featuresOf(pattern, String(flags ?? ''), false) : [];
}

export const findRegex = (source: SourceCode): Finding[] =>
  all(source, 'Literal', 'NewExpression', 'CallExpression').flatMap((node) =>
    check(node).map((it) => ({ loc: node.loc, it })),
  );
