// Makes a bundle small: fewer of the chip's variables first, then fewer bytes. What is left still knows its place in the sources.

import { SourceMap } from 'node:module';
import * as esbuild from 'esbuild';
import { namesToAvoid } from './globals.mjs';
import { shrink } from './shrink.mjs';

/**
 * @typedef {{ file: string, line: number, column: number }} Place in a source file; line and column from 1
 *
 * @typedef {object} Minified
 * @property {string} code ASCII
 * @property {(line: number, column: number) => Place | undefined} placeOf where something in the code comes from (line from 1,
 *   column from 0)
 */

/**
 * Keeps esbuild from naming a variable like a pin or another chip global: it avoids every global that the code mentions, so all
 * are mentioned in a function that is dropped as unused and costs no byte.
 */
const MENTION = `\nfunction chip$names(){${namesToAvoid().join(';')}}`;

/**
 * @param {string} bundle not minified, all its modules in one scope
 * @param {string} map its source map
 * @returns {Promise<Minified>}
 */
export async function minify(bundle, map) {
  const shrunk = shrink(bundle);
  const last = await esbuild.transform(shrunk.code + MENTION, {
    format: 'cjs',
    platform: 'neutral',
    target: 'esnext', // what can be lowered is lowered
    charset: 'ascii',
    legalComments: 'none',
    minifyWhitespace: true,
    minifyIdentifiers: true,
    treeShaking: true,
    sourcemap: 'external',
    sourcesContent: false,
  });
  const findInShrunk = finder(last.map);
  const findInSource = finder(map);
  const shrunkLines = createLines(shrunk.code);
  const bundleLines = createLines(bundle);
  const rawColumns = last.code.split('\n').map(rawColumnsOf);

  return {
    code: escapeControls(last.code),
    placeOf(line, column) {
      const inShrunk = findInShrunk(line - 1, rawColumns[line - 1]?.[column] ?? 0);
      const index = inShrunk && shrunk.origins[shrunkLines.indexOf(inShrunk.line, inShrunk.column)];
      if (index === undefined) return undefined;
      const { line: row, column: at } = bundleLines.placeOf(index);
      const place = findInSource(row, at);
      return place && { file: place.file.replace(/^(\.\.\/)+/, ''), line: place.line + 1, column: place.column + 1 };
    },
  };
}

/** What esbuild leaves as it is in a string. */
const CONTROLS = /[^\n -~]/g;

/**
 * Writes control characters in strings as \xHH: a raw ^C would break off an upload over the serial console.
 * @param {string} raw
 */
function escapeControls(raw) {
  return raw.replace(CONTROLS, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/**
 * For each column of a line with its control characters escaped, the column without.
 * @param {string} line
 */
function rawColumnsOf(line) {
  return [...line].flatMap((char, column) => Array.from(escapeControls(char), () => column));
}

/**
 * @param {string} map
 * @returns {(line: number, column: number) => Place | undefined} all from 0
 */
function finder(map) {
  const sourceMap = new SourceMap(JSON.parse(map));
  return (line, column) => {
    const entry = sourceMap.findEntry(line, column);
    if (!('originalSource' in entry) || !entry.originalSource) return undefined;
    return { file: entry.originalSource, line: entry.originalLine, column: entry.originalColumn };
  };
}

/**
 * Indices of a text as lines and columns, from 0, and back.
 * @param {string} text
 */
function createLines(text) {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];

  return {
    /** @type {(line: number, column: number) => number} */
    indexOf: (line, column) => (starts[line] ?? 0) + column,
    /** @type {(index: number) => { line: number, column: number }} */
    placeOf(index) {
      let line = 0;
      for (let end = starts.length; end - line > 1;) {
        const middle = (line + end) >> 1;
        if ((starts[middle] ?? 0) <= index) line = middle;
        else end = middle;
      }
      return { line, column: index - (starts[line] ?? 0) };
    },
  };
}
