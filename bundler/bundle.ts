// Turns src/ into a program that is flashed: bundled by esbuild, made small by terser, then passed by the guard.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as esbuild from 'esbuild';
import { guard } from './guard.ts';
import { minify } from './minify.ts';
import type { Settings } from '../settings/schema.ts';
import { PROGRAMS, wrapping, type Program } from './programs.ts';
import { measure, overBudget, type Size } from './size.ts';

/** The project's folder. */
export const PROJECT = fileURLToPath(new URL('..', import.meta.url));

/** Sessions to choose from: our own client, or the same firmware on Espruino's tinyMQTT module. */
export const MQTT_CLIENTS = ['own', 'tinyMQTT'] as const;

type MqttClient = (typeof MQTT_CLIENTS)[number];

/** Syntax that esbuild lowers to code the chip runs; all other is left as it is, for the guard to name its place. */
const LOWERED = [
  ...['class-field', 'class-static-field', 'exponent-operator', 'logical-assignment', 'nullish-coalescing'],
  ...['optional-catch-binding', 'optional-chain', 'template-literal', 'unicode-escapes'],
];

/** Stands in the version for the hash, which is known only when everything is built. */
export const NO_HASH = '00000000';

export interface BuildOptions {
  /** The light unless given. */
  program?: Program;
  /** The folder that holds src/main.ts and package.json; this project's unless a test says otherwise. */
  root?: string;
  /** 'own' unless given. */
  mqtt?: MqttClient;
  /** Embedded as the build's defaults. */
  settings?: Settings;
}

export interface Build {
  /** ASCII, the same bytes for the same sources; not to be used when there are problems. */
  code: string;
  /** undefined when the sources do not bundle */
  size: Size | undefined;
  /** One line each; empty when the bundle is fit for the chip. */
  problems: string[];
}

/** Bundles a program. Writes no file. */
export async function build(options: BuildOptions = {}): Promise<Build> {
  const { program = 'light', root = PROJECT, mqtt = 'own', settings = {} } = options;
  const result = await bundle({ program, root, mqtt, settings });
  const problems = [...result.errors, ...result.warnings].map(describe);
  if (!result.outputFiles || !result.metafile) return { code: '', size: undefined, problems };

  const [map, bundled] = result.outputFiles.map((file) => file.text) as [string, string];
  const { code, placeOf } = await minify(bundled, map, PROGRAMS[program].parameters !== undefined);
  problems.push(...guard(code, placeOf));
  if (mqtt === 'tinyMQTT' && !('src/tinyMqtt.ts' in result.metafile.inputs)) {
    problems.push("src/node.ts:1:1 no-mqtt: it does not import './mqtt.ts'; --mqtt=tinyMQTT replaces that import");
  }
  const size = measure(program, code, placeOf);
  return { code, size, problems: [...problems, ...overBudget(size)] };
}

/** Runs esbuild; its errors are part of the result, not thrown. */
async function bundle({
  program,
  root,
  mqtt,
  settings,
}: Required<BuildOptions>): Promise<Partial<esbuild.BuildResult> & Failed> {
  const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const source = PROGRAMS[program];
  const { banner, footer } = wrapping(source);
  try {
    return await esbuild.build({
      absWorkingDir: root,
      entryPoints: [source.entry],
      banner: { js: banner },
      footer: { js: footer },
      outfile: 'dist/firmware.js',
      write: false,
      bundle: true,
      metafile: true,
      sourcemap: 'external',
      sourcesContent: false,
      logLevel: 'silent',
      format: 'cjs',
      platform: 'neutral',
      target: 'esnext',
      charset: 'ascii',
      legalComments: 'none',
      supported: Object.fromEntries(LOWERED.map((feature) => [feature, false])),
      tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } },
      define: { BUILD_SETTINGS: chipLiteral(settings), VERSION: JSON.stringify(`${version}+${NO_HASH}`) },
      plugins: [chooseClient(mqtt), leaveChipModules],
    });
  } catch (error) {
    const { errors, warnings } = error as esbuild.BuildFailure;
    if (!errors) throw error;
    return { errors, warnings };
  }
}

type Failed = Pick<esbuild.BuildFailure, 'errors' | 'warnings'>;

/** Puts src/tinyMqtt.ts in the place of src/mqtt.ts where node.ts imports it. */
function chooseClient(mqtt: MqttClient): esbuild.Plugin {
  return {
    name: 'choose-client',
    setup(bundler) {
      if (mqtt === 'own') return;
      bundler.onResolve({ filter: /^\.\/mqtt\.ts$/ }, ({ importer, resolveDir }) =>
        path.basename(importer) === 'node.ts' ? { path: path.join(resolveDir, 'tinyMqtt.ts') } : undefined,
      );
    },
  };
}

/** Leaves require("net") and its like to the chip; the guard knows which modules a chip has. */
const leaveChipModules: esbuild.Plugin = {
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

/** One line, in the guard's form. */
function describe({ text, location }: esbuild.Message): string {
  const line = `esbuild: ${text.replace(/\s+/g, ' ')}`;
  return location ? `${location.file}:${location.line}:${location.column + 1} ${line}` : line;
}

/** Settings as a JavaScript literal for the chip, whose strings are bytes: text becomes its UTF-8 bytes, one char each. */
function chipLiteral(settings: Settings): string {
  return Buffer.from(JSON.stringify(settings), 'utf8').toString('latin1');
}
