// Refuses a bundle that the chip's parser would refuse or misread: ESLint, with the dialect of the chip as its rules.

import { Linter, type Rule } from 'eslint';
import { RULES } from './dialect.ts';
import { CHIP_GLOBALS } from './globals.ts';
import type { Minified } from './minify.ts';
import type { Find, Finding } from './rules/code.ts';

/** In the bundle, line and column from 1. */
interface Violation {
  rule: string;
  line: number;
  column: number;
  message: string;
}

const PINS = Array.from({ length: 100 }, (_, number) => `D${number}`);

/** The rules as ESLint calls them, by their place in the dialect: those of its own, and ours. */
const IDS = RULES.map(
  ([, find], index) => (typeof find === 'string' ? /^eslint:(.*)/.exec(find)?.[1] : '') || `chip/${index}`,
);

const CONFIG: Linter.Config = {
  linterOptions: { noInlineConfig: true },
  languageOptions: {
    sourceType: 'script',
    globals: Object.fromEntries([
      ...Object.getOwnPropertyNames(globalThis).map((name) => [name, 'off']),
      ...[...CHIP_GLOBALS, ...PINS, 'undefined'].map((name) => [name, 'readonly']),
    ]),
  },
  plugins: { chip: { rules: Object.fromEntries(RULES.map(([, find], index) => [index, createRule(find)])) } },
  rules: Object.fromEntries(IDS.map((id) => [id, 'error'])),
};

/** A rule whose message is what it has found. */
function createRule(find: string | Find): Rule.RuleModule {
  return {
    create({ sourceCode, report }) {
      const refuse = (found: Finding): void =>
        report({
          loc: found.loc!,
          message: '{{it}}',
          data: { it: found.it ?? sourceCode.getText(found as Rule.Node) },
        });
      if (typeof find === 'string') return { [find]: refuse };
      return { 'Program:exit': () => find(sourceCode).forEach(refuse) };
    },
  };
}

/**
 * Everything in a finished bundle that the chip would refuse or misread.
 * @returns lines such as `src/light.ts:12:3 label: …; …`, in the order of the bundle
 */
export function guard(code: string, placeOf: Minified['placeOf']): string[] {
  return inspect(code).map(({ rule, line, column, message }) => {
    const place = placeOf(line, column - 1) ?? { file: 'dist/firmware.js', line, column };
    return `${place.file}:${place.line}:${place.column} ${rule}: ${message}`;
  });
}

/** The same, with places of the bundle. */
export function inspect(code: string): Violation[] {
  return new Linter().verify(code, CONFIG).map(({ ruleId, line, column, endColumn, message }) => {
    const [rule, find, why] = RULES[IDS.indexOf(String(ruleId))] ?? [
      'syntax',
      '',
      '{it}; write JavaScript that parses',
    ];
    const isOwn = typeof find !== 'string' || !find.startsWith('eslint:');
    const it = isOwn ? message : code.split('\n')[line - 1]!.slice(column - 1, endColumn && endColumn - 1);
    return { rule, line, column, message: why.replace('{it}', () => it) };
  });
}
