// Turns src/ into the one file that is flashed: bundled by esbuild, made small, then passed by the guard.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { guard } from './guard.mjs';
import { minify } from './minify.mjs';
import { settingsLiteral } from './settings.mjs';
import { measure, overBudget } from './size.mjs';

/** The project's folder. */
const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** Sessions to choose from: our own client, or the same firmware on Espruino's tinyMQTT module. */
export const MQTT_CLIENTS = /** @type {const} */ (['own', 'tinyMQTT']);

/** Syntax that esbuild lowers to code the chip runs. */
const LOWERED = [
  ...['class-field', 'exponent-operator', 'logical-assignment', 'nullish-coalescing', 'optional-catch-binding'],
  ...['optional-chain', 'template-literal', 'unicode-escapes'],
];

/** Syntax that esbuild cannot lower, or only with helpers the chip misreads: left as it is, for the guard to name its place. */
const LEFT_TO_THE_GUARD = [
  ...['array-spread', 'async-await', 'async-generator', 'class-private-accessor', 'class-private-brand-check'],
  ...['class-private-field', 'class-private-method', 'class-private-static-accessor', 'class-private-static-field'],
  ...[
    'class-private-static-method',
    'class-static-blocks',
    'default-argument',
    'destructuring',
    'for-await',
    'generator',
  ],
  ...['nested-rest-binding', 'object-rest-spread', 'rest-argument'],
];

/** @type {Record<string, boolean>} */
const SUPPORTED = Object.fromEntries([
  ...LOWERED.map((feature) => [feature, false]),
  ...LEFT_TO_THE_GUARD.map((feature) => [feature, true]),
]);

/**
 * @typedef {object} BuildOptions
 * @property {string} [root] the folder that holds src/main.ts and package.json; this project's unless a test says otherwise
 * @property {(typeof MQTT_CLIENTS)[number]} [mqtt] 'own' unless given
 * @property {import('./settings.mjs').Settings} [settings] embedded as the build's defaults
 *
 * @typedef {object} Build
 * @property {string} code ASCII, the same bytes for the same sources; not to be used when there are problems
 * @property {import('./size.mjs').Size | undefined} size undefined when the sources do not bundle
 * @property {string[]} problems one line each, empty when the bundle is fit for the chip
 */

/**
 * Bundles the firmware. Writes no file.
 * @param {BuildOptions} [options]
 * @returns {Promise<Build>}
 */
export async function build({ root = PROJECT, mqtt = 'own', settings = {} } = {}) {
  const result = await bundle({ root, mqtt, settings });
  const problems = [...result.errors, ...result.warnings].map(describe);
  if (result.errors.length > 0 || !result.outputFiles || !result.metafile)
    return { code: '', size: undefined, problems };

  const { code, placeOf } = await minify(text(result.outputFiles, '.js'), text(result.outputFiles, '.js.map'));
  problems.push(...guard(code, placeOf));
  if (mqtt === 'tinyMQTT' && !('src/tinyMqtt.ts' in result.metafile.inputs)) {
    problems.push("src/main.ts:1:1 no-mqtt: it does not import './mqtt.ts'; --mqtt=tinyMQTT replaces that import");
  }
  const size = measure(code, placeOf);
  const tooBig = overBudget(size);
  if (tooBig) problems.push(tooBig);
  return { code, size, problems };
}

/**
 * Runs esbuild; its errors are part of the result, not thrown.
 * @param {Required<BuildOptions>} options
 * @returns {Promise<Pick<esbuild.BuildResult, 'errors' | 'warnings' | 'outputFiles' | 'metafile'>>}
 */
async function bundle({ root, mqtt, settings }) {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  try {
    return await esbuild.build({
      absWorkingDir: root,
      entryPoints: ['src/main.ts'],
      outfile: 'dist/firmware.js',
      write: false,
      bundle: true,
      metafile: true,
      sourcemap: 'external',
      sourcesContent: false,
      logLevel: 'silent',
      format: 'cjs',
      platform: 'neutral',
      target: 'es2015',
      charset: 'ascii',
      legalComments: 'none',
      supported: SUPPORTED,
      tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
      define: { BUILD_SETTINGS: settingsLiteral(settings), VERSION: JSON.stringify(version) },
      plugins: [chooseClient(mqtt), leaveChipModules],
    });
  } catch (error) {
    const { errors, warnings } = /** @type {esbuild.BuildFailure} */ (error);
    if (!errors) throw error;
    return { errors, warnings, outputFiles: undefined, metafile: undefined };
  }
}

/**
 * Puts src/tinyMqtt.ts in the place of src/mqtt.ts where main.ts imports it.
 * @param {(typeof MQTT_CLIENTS)[number]} mqtt
 * @returns {esbuild.Plugin}
 */
function chooseClient(mqtt) {
  return {
    name: 'choose-client',
    setup(bundler) {
      if (mqtt === 'own') return;
      bundler.onResolve({ filter: /^\.\/mqtt\.ts$/ }, ({ importer, resolveDir }) =>
        path.basename(importer) === 'main.ts' ? { path: path.join(resolveDir, 'tinyMqtt.ts') } : undefined,
      );
    },
  };
}

/**
 * Leaves require("net") and its like to the chip; the guard knows which modules a chip has.
 * @type {esbuild.Plugin}
 */
const leaveChipModules = {
  name: 'leave-chip-modules',
  setup(bundler) {
    bundler.onResolve({ filter: /^[^./]/ }, ({ kind, path: name }) => {
      if (kind === 'entry-point') return undefined;
      if (kind === 'require-call') return { path: name, external: true };
      const text = `"${name}" must be imported as: import ${name} = require('${name}'); other forms need helpers the chip misreads`;
      return { errors: [{ text }] };
    });
  },
};

/**
 * @param {readonly esbuild.OutputFile[]} files
 * @param {string} extension
 */
function text(files, extension) {
  return files.find((file) => file.path.endsWith(`firmware${extension}`))?.text ?? '';
}

/**
 * @param {esbuild.Message} message
 * @returns {string} one line, in the guard's form
 */
function describe({ text: what, location }) {
  const line = what.replace(/\s+/g, ' ');
  return location ? `${location.file}:${location.line}:${location.column + 1} esbuild: ${line}` : `esbuild: ${line}`;
}
