// Lint rules; above all, who may import whom on the chip, and who may name its globals.
import { readdirSync } from 'node:fs';
import js from '@eslint/js';
import { register } from 'tsx/esm/api';
import tseslint from 'typescript-eslint';

register();
const { MISSING_METHODS, STATICS, words } = await import('./bundler/globals.ts');

/**
 * The values that a part may import; types it may import from everywhere. Parts that are not listed import none.
 * @type {Record<string, string[]>}
 */
const IMPORTS = {
  brokers: ['backoff'],
  command: ['led'],
  config: ['files'],
  fade: ['led'],
  health: ['beat', 'files'],
  info: ['files', 'register'],
  light: ['command', 'jsonCommand', 'led'],
  mqtt: ['backoff', 'beat', 'brokers', 'link', 'packet', 'redelivery', 'session', 'takeover'],
  powerOn: ['byteLog', 'led'],
  random: ['register'],
  reports: ['beat', 'homeAssistant'],
  tinyMqtt: ['beat'],
};

/**
 * The same for the updater, a bundle of its own that may take from the light's parts what it needs.
 * @type {Record<string, string[]>}
 */
const UPDATE_IMPORTS = {
  counter: ['../byteLog'],
  crypto: ['../files'],
  fetch: ['../packet'],
  logStream: ['../packet'],
  main: ['../bytes', './updater'],
  marks: ['../files'],
  settings: ['../config', '../files'],
  updater: [
    '../beat',
    '../files',
    '../health',
    '../info',
    '../packet',
    './counter',
    './crypto',
    './fetch',
    './logStream',
    './marks',
    './settings',
  ],
};

const ONLY_MAIN = 'main.ts alone names the globals of the chip; take it from the board that you are handed';
const CHIP_GLOBALS = [
  'require',
  'getSerial',
  'getTime',
  'setTimeout',
  'clearTimeout',
  'setInterval',
  'clearInterval',
  'setWatch',
  'pinMode',
  'analogWrite',
  'digitalWrite',
  'peek32',
  'console',
  'process',
  'Pin',
  'E',
];

/** What tsc knows of ES5 and the chip does not have. */
const MISSING_ON_THE_CHIP = [
  ...Object.entries(STATICS).map(([object, has]) => ({ object, allowProperties: [...words(has), 'prototype'] })),
  ...[...MISSING_METHODS].map((property) => ({ property, allowObjects: ['Object'] })),
].map((what) => ({ ...what, message: 'missing on the chip' }));

/**
 * @param {string} part
 * @returns {import('eslint').Linter.Config}
 */
function importRule(part) {
  return importsOf(
    `src/${part}.ts`,
    (IMPORTS[part] ?? []).map((name) => `./${name}`),
  );
}

/**
 * @param {string} file
 * @param {string[]} imports
 * @returns {import('eslint').Linter.Config}
 */
function importsOf(file, imports) {
  const allowed = imports.join('|').replaceAll('.', '\\.');
  return {
    files: [file],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^(?!(${allowed})\\.ts$)`,
              allowTypeImports: true,
              message: 'see IMPORTS in eslint.config.mjs: data flows one way, from main.ts to the parts',
            },
          ],
        },
      ],
    },
  };
}

/**
 * Lines of code of a function; a factory's inner functions count on their own.
 * @type {import('eslint').Rule.RuleModule}
 */
const ownLines = {
  meta: { type: 'suggestion', schema: [{ type: 'integer' }] },
  create(context) {
    const { sourceCode, options } = context;
    /** @type {Set<number>[]} */
    const inner = [new Set()];
    /** @param {import('estree').Node} node */
    const linesOf = (node) => new Set(sourceCode.getTokens(node).map(({ loc }) => loc.start.line));
    return {
      ':function': () => void inner.push(new Set()),
      /** @param {import('estree').Function} node */
      ':function:exit'(node) {
        const lines = [...linesOf(node)];
        const own = lines.filter((line) => !inner.at(-1)?.has(line)).length;
        if (own > options[0]) context.report({ node, message: `${own} lines of its own; split it along its seams` });
        inner.pop();
        lines.slice(1).forEach((line) => inner.at(-1)?.add(line)); // the first is the outer one's, too
      },
    };
  },
};

/** Every part but main and node, which wire them. */
const PARTS = readdirSync(new URL('src/', import.meta.url))
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
  .map((file) => file.slice(0, -'.ts'.length))
  .filter((part) => part !== 'main' && part !== 'node' && part !== 'loader');

const UPDATE_PARTS = readdirSync(new URL('src/update/', import.meta.url)).map((file) => file.slice(0, -'.ts'.length));

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/'] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    plugins: { house: { rules: { 'own-lines': ownLines } } },
    rules: {
      'house/own-lines': ['error', 40],
      'no-undef': 'off', // tsc knows better
      '@typescript-eslint/no-non-null-assertion': 'off', // noUncheckedIndexedAccess makes them honest
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-dynamic-delete': 'off', // plain objects are the maps of the chip
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/prefer-literal-enum-member': ['error', { allowBitwiseExpressions: true }],
      'no-control-regex': 'off', // consoles speak in control characters
      'preserve-caught-error': 'off', // users get one line, not a chain
    },
  },
  {
    files: ['src/**/*.ts'],
    rules: {
      'max-lines': ['error', { max: 270, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 5], // an object for them would cost the chip variables and time
      'object-shorthand': ['error', 'never'], // costs the same, and reads like what the chip runs
      'no-restricted-globals': ['error', ...CHIP_GLOBALS.map((name) => ({ name, message: ONLY_MAIN }))],
      'no-restricted-properties': ['error', ...MISSING_ON_THE_CHIP],
      'no-restricted-syntax': [
        'error',
        { selector: 'ClassDeclaration', message: 'closures and factories: the chip breaks on deep super and #private' },
        {
          selector: 'ForOfStatement[left.kind]',
          message: 'a closure over the loop variable shares it on the chip; use forEach',
        },
      ],
      '@typescript-eslint/unified-signatures': 'off',
    },
  },
  {
    files: ['src/main.ts', 'src/loader.ts', 'src/update/main.ts', 'src/tinyMqtt.ts', 'src/espruino.d.ts'],
    rules: {
      'no-restricted-globals': 'off',
      '@typescript-eslint/no-require-imports': 'off', // the chip's own modules
      '@typescript-eslint/consistent-type-imports': 'off', // an import would turn the declarations into a module
    },
  },
  {
    files: ['src/update/main.ts', 'src/setup/main.ts'],
    rules: { 'prefer-const': 'off', '@typescript-eslint/no-unused-vars': 'off' }, // `result` is the function's
  },
  ...PARTS.map(importRule),
  ...UPDATE_PARTS.map((part) => importsOf(`src/update/${part}.ts`, UPDATE_IMPORTS[part] ?? [])),
  {
    files: ['settings/**', 'sim/**', 'page/**', 'tools/**', 'bench/**', 'test/**', 'bundler/**'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: 'src/(?!board\\.ts|packet\\.ts|session\\.ts)',
              allowTypeImports: true,
              message: 'outside src/ only types of it, and dist/firmware.js, are known; unit tests are the exception',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['test/unit/*.ts', 'test/settings/*.ts', 'test/support/*.ts'],
    rules: { '@typescript-eslint/no-restricted-imports': 'off' },
  },
);
