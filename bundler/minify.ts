// Makes a bundle small, in bytes and in the chip's variables. What is left still knows its place in the sources.

import { SourceMap } from 'node:module';
import { minify as terser } from 'terser';
import { isChipGlobal, KEYWORDS } from './globals.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ$_';

/** Factories are kept, by their names: the program lets go of them once it runs. */
const FACTORIES = /^create[A-Z]/;

/** What variables are called in the bundle: nothing that the chip uses. */
const NAMES = ['', ...LETTERS]
  .flatMap((first) => [...LETTERS].map((last) => first + last))
  .filter((name) => !isChipGlobal(name) && !KEYWORDS.has(name));

/** In a source file; line and column from 1. */
export interface Place {
  file: string;
  line: number;
  column: number;
}

export interface Minified {
  /** ASCII, control characters in strings escaped: a raw ^C would break off an upload over the console. */
  code: string;
  /** Where something in the code comes from (line from 1, column from 0). */
  placeOf(line: number, column: number): Place | undefined;
}

/**
 * @param bundle not minified, all its modules in one scope
 * @param map its source map
 * @param isExpression what the bundle evaluates to is of use
 * @throws when the bundle is not JavaScript
 */
export async function minify(bundle: string, map: string, isExpression = false): Promise<Minified> {
  const result = await terser(bundle, {
    ecma: 2015,
    toplevel: true,
    compress: {
      // A function moves into its only caller, where it costs no variables; but it is skipped or made anew at each call there. So the
      // sources keep what is rare out of what is frequent, by @__NOINLINE__. A factory within another would cost each closure three.
      inline: false,
      expression: isExpression,
      top_retain: FACTORIES,
      passes: 2,
      unsafe_arrows: true, // nothing here makes objects by `new` of a function expression
    },
    mangle: { nth_identifier: { get: (index) => NAMES[index]! }, keep_fnames: FACTORIES },
    format: { ascii_only: true },
    sourceMap: { content: map },
  });
  const sourceMap = new SourceMap(JSON.parse(String(result.map)));

  return {
    code: result.code ?? '',
    placeOf(line, column) {
      const entry = sourceMap.findEntry(line - 1, column);
      if (!('originalSource' in entry) || !entry.originalSource) return undefined;
      const file = entry.originalSource.replace(/^(\.\.\/)+/, '');
      return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 };
    },
  };
}
