// The command line of the build: writes what is flashed to dist/, or says in one line each why it must not be flashed.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, MQTT_CLIENTS, PROJECT } from './bundle.ts';
import { buildImage, type Image } from './image.ts';
import { BESIDE } from './programs.ts';
import { readSettings } from '../settings/values.ts';
import { failure, isFailure } from '../tools/failure.ts';
import { parseFlags } from '../tools/flags.ts';
import { reportSize } from './size.ts';

const HELP = `Bundles src/ into the files that are flashed, and checks that the chip can run them: the light with its updater, and in
dist/ the loader and the set-up program.

  npm run build -- [options]

  --mqtt=tinyMQTT   build on Espruino's tinyMQTT module instead of our own client (dist/firmware-tinyMQTT.js)
  --config FILE     settings to embed as this build's defaults: JSON, the same keys as the device's light.json; wants --outfile
  --outfile FILE    where to write the bundle (default: dist/firmware.js, which npm run flash and others write anew);
                    flash it with npm run flash -- --bundle FILE --keep-config
  --quiet           no size report
  --help            this text

Exit codes: 0 written, 1 refused (one line per reason, nothing is written), 2 wrong usage.`;

/** Where everything is written, unless --outfile says otherwise. */
const DIST = path.join(path.relative('.', PROJECT), 'dist');

const OPTIONS = {
  mqtt: { type: 'string' },
  config: { type: 'string' },
  outfile: { type: 'string' },
  quiet: { type: 'boolean' },
} as const;

type Terminal = Pick<Console, 'log' | 'error'>;

/**
 * Builds as the command line says.
 * @returns the exit code
 */
export async function run(argv: string[]): Promise<number> {
  try {
    const options = readOptions(argv);
    if (options.help) {
      console.log(HELP);
      return 0;
    }
    const settings = options.config === undefined ? {} : readSettings(options.config);
    const terminal = options.quiet ? { log: () => undefined, error: console.error } : console;
    const code = deliver(options.outfile, await buildImage({ mqtt: options.mqtt, settings }), terminal);
    return code || (await deliverRest(terminal));
  } catch (error) {
    console.error(`build: ${error instanceof Error ? error.message : error}`);
    return isFailure(error) ? 2 : 1;
  }
}

/** Builds the programs that have a file of their own. */
async function deliverRest(terminal: Terminal): Promise<number> {
  for (const program of BESIDE) {
    const { code, size, problems } = await build({ program });
    const outfile = path.join(DIST, `${program}.js`);
    const exit = deliver(outfile, { code, problems, sizes: size ? [size] : [] }, terminal);
    if (exit) return exit;
  }
  return 0;
}

/**
 * Writes a good bundle. Of a bad one not even an older file stays, so that nobody flashes that by mistake.
 * @returns the exit code: 0 written, 1 refused
 */
export function deliver(outfile: string, { code, sizes, problems }: Image, terminal: Terminal): number {
  for (const size of sizes) terminal.log(reportSize(size.program === 'light' ? outfile : size.program, size));
  if (problems.length > 0) {
    rmSync(outfile, { force: true });
    for (const problem of problems) terminal.error(problem);
    terminal.error(`build: refused for ${problems.length === 1 ? '1 reason' : `${problems.length} reasons`}`);
    return 1;
  }
  try {
    mkdirSync(path.dirname(outfile), { recursive: true });
    writeFileSync(outfile, code);
  } catch (error) {
    terminal.error(`build: cannot write ${outfile} (${(error as NodeJS.ErrnoException).code}); name another --outfile`);
    return 1;
  }
  return 0;
}

function readOptions(argv: string[]) {
  const values = parseFlags(argv, OPTIONS);
  const mqtt = MQTT_CLIENTS.find((client) => client === (values.mqtt ?? 'own'));
  if (!mqtt)
    throw failure('badArguments', `--mqtt=${values.mqtt} is unknown; choose ${MQTT_CLIENTS.join(' or ')} (see --help)`);
  if (values.config !== undefined && values.outfile === undefined && mqtt === 'own')
    throw failure(
      'badArguments',
      '--config wants --outfile FILE: npm run flash and others write dist/firmware.js anew (see --help)',
    );
  if (values.outfile === '') throw failure('badArguments', '--outfile wants the name of a file (see --help)');
  const file = mqtt === 'own' ? 'firmware.js' : `firmware-${mqtt}.js`;
  return { ...values, mqtt, outfile: values.outfile ?? path.join(DIST, file) };
}
