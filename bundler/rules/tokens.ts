// What the chip's lexer misreads: bytes, and tokens beside each other.

import type { AST, SourceCode } from 'eslint';
import { KEYWORDS } from '../globals.ts';
import { endOf, isFunction, startOf, type Find, type Finding, type Node } from './code.ts';

type Token = AST.Token;

/** Finds tokens that a test picks, given the one that follows. */
export const neighbours =
  (test: (token: Token, next: Token, source: SourceCode) => boolean): Find =>
  (source) =>
    source.ast.tokens.filter((token, index, { [index + 1]: next }) => next && test(token, next, source));

/** The `this` of `this / 2` and the `in` of `o.in / 2`, but not the keywords that are values themselves. */
export const isKeyword = ({ value }: Token): boolean =>
  KEYWORDS.has(value) && !/^(true|false|null|undefined)$/.test(value);

export const divides = ({ type, value }: Token): boolean => type === 'Punctuator' && /^\/=?$/.test(value);

export const returnsNextLine = ({ value, loc }: Token, next: Token): boolean =>
  value === 'return' && next.loc.start.line > loc.end.line && !/^[;}]$/.test(next.value);

/** Whether a bare return ends a function, and is not all of it. */
export function endsFunction(token: Token, next: Token, source: SourceCode): boolean {
  if (token.value !== 'return' || next.value !== '}') return false;
  const body = source.getNodeByRangeIndex(startOf(next)) as Node;
  const isBody = isFunction(body.parent as Node) && endOf(next) === endOf(body);
  return isBody && source.getTokenBefore(token)?.range[0] !== startOf(body);
}

/** The chip takes bytes above 127 for its own tokens. */
export function findForeignByte(source: SourceCode): Finding[] {
  const at = source.text.search(/[^\n -~]/);
  return at < 0 ? [] : [{ loc: { start: source.getLocFromIndex(at), end: source.getLocFromIndex(at + 1) }, it: '' }];
}
