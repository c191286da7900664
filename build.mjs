// `npm run build`: writes the firmware bundle to dist/, or says in one line each why it must not be flashed.

import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, MQTT_CLIENTS } from './build/bundle.mjs';
import { deliver } from './build/output.mjs';
import { readSettings } from './build/settings.mjs';

const HELP = `Bundles src/ into the one file that is flashed, and checks that the chip can run it.

  npm run build -- [options]

  --mqtt=tinyMQTT   build on Espruino's tinyMQTT module instead of our own client (dist/firmware-tinyMQTT.js)
  --config FILE     settings to embed as this build's defaults: JSON, the same keys as the device's light.json
  --outfile FILE    where to write the bundle (default: dist/firmware.js)
  --quiet           no size report
  --help            this text

Exit codes: 0 written, 1 refused (one line per reason, nothing is written), 2 wrong usage.`;

/** A wrong command line: exit code 2. */
class UsageError extends Error {}

process.exitCode = await run(process.argv.slice(2));

/**
 * @param {string[]} argv
 * @returns {Promise<number>} the exit code
 */
async function run(argv) {
  try {
    const options = readOptions(argv);
    if (options.help) {
      console.log(HELP);
      return 0;
    }
    const settings = options.config === undefined ? {} : await readSettings(options.config);
    const terminal = options.quiet ? { log() {}, error: console.error } : console;
    return deliver(options.outfile, await build({ mqtt: options.mqtt, settings }), terminal);
  } catch (error) {
    console.error(`build: ${error instanceof Error ? error.message : error}`);
    return error instanceof UsageError ? 2 : 1;
  }
}

/** @param {string[]} argv */
function readOptions(argv) {
  const values = parse(argv);
  const mqtt = MQTT_CLIENTS.find((client) => client === (values.mqtt ?? 'own'));
  if (!mqtt) throw new UsageError(`--mqtt=${values.mqtt} is unknown; choose ${MQTT_CLIENTS.join(' or ')} (see --help)`);
  const home = path.relative('.', fileURLToPath(new URL('.', import.meta.url)));
  const outfile = values.outfile ?? path.join(home, 'dist', mqtt === 'own' ? 'firmware.js' : `firmware-${mqtt}.js`);
  return { help: values.help, quiet: values.quiet, config: values.config, mqtt, outfile };
}

/** @param {string[]} argv */
function parse(argv) {
  const text = /** @type {const} */ ({ type: 'string' });
  const flag = /** @type {const} */ ({ type: 'boolean' });
  const options = { mqtt: text, config: text, outfile: text, quiet: flag, help: flag };
  try {
    return parseArgs({ args: argv, options }).values;
  } catch (error) {
    const [reason] = /** @type {Error} */ (error).message.split('. ');
    throw new UsageError(`${reason} (see --help)`);
  }
}
