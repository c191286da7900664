// `npm run installer` as a function: argv in, exit code out.

import { pinComplaints, type Settings } from '../../settings/schema.ts';
import { complaintsAbout, settingFlags, settingsFile, type FlagValues } from '../../settings/values.ts';
import { MAX_PORT, parseFlags, wholeNumber } from '../flags.ts';
import { exitCodeOf, failure } from '../flash/exits.ts';
import { filesForAnyBoard } from '../flash/contents.ts';
import { hasSettings, imageOf, readBundle, readPrograms, versionOf, wantsTinyMqtt, type Image } from '../image.ts';
import { readInterpreters, type Interpreter } from '../flash/interpreter/interpreters.ts';
import { SETTINGS_FILE } from '../flash/onBoard.ts';
import { withSecrets } from '../secrets.ts';
import type { ProcessHost } from '../process.ts';
import { settingsOf } from '../settingFlags.ts';
import { buildFor } from './builds.ts';
import { installerHelp } from './help.ts';
import { serve } from './serve.ts';
import { writePage } from './write.ts';

/** What the tool needs of its process; tests pass their own. */
export interface InstallerHost extends Pick<ProcessHost, 'write' | 'environment' | 'ask' | 'signal'> {
  /** Folder of the loader and the set-up program, `dist`. */
  dist?: string;
}

const DEFAULT_PORT = 8080;

const OPTIONS = {
  interpreter: { type: 'string' },
  out: { type: 'string' },
  serve: { type: 'string' },
  bundle: { type: 'string' },
  config: { type: 'string' },
  'publish-settings': { type: 'boolean' },
  ...settingFlags(),
} as const;

/** `parseArgs` knows no option with and without a value: `--serve` alone gets its default. */
const withPort = (argv: string[]): string[] =>
  argv.map((word, index) =>
    word === '--serve' && !/^\d/.test(argv[index + 1] ?? '') ? `--serve=${DEFAULT_PORT}` : word,
  );

function required(values: FlagValues, flag: string, example: string): string {
  const value = values[flag];
  if (typeof value !== 'string' || value === '') throw failure('badArguments', `--${flag} is missing: ${example}`);
  return value;
}

/** Whatever is on a page can be read by those who open it: settings are only put there when the owner says so in plain words. */
async function publishedSettings(
  values: FlagValues,
  host: InstallerHost,
  { bundle, interpreters }: { bundle: Image; interpreters: Interpreter[] },
): Promise<Settings | undefined> {
  const given = settingsOf(values);
  const isPublished = values['publish-settings'] === true;
  if (Object.keys(given).length === 0 && !isPublished && !hasSettings(bundle)) return undefined;
  if (!isPublished)
    throw failure(
      'badArguments',
      'settings in a page can be read by everybody who opens it, passwords too: leave them out (of the bundle, too), or say --publish-settings',
    );
  if (given.name !== undefined) throw failure('badArguments', 'the page makes every board alike: leave the name out');
  const boards = interpreters.map(({ chip }) => chip.name.replace('-', ''));
  const wrong = complaintsAbout(given).concat(boards.flatMap((board) => pinComplaints(given, board)));
  if (wrong.length > 0) throw failure('badArguments', [...new Set(wrong)].join('\n'));
  if (given.wifi?.ssid === undefined || given.broker === undefined)
    throw failure(
      'badArguments',
      '--publish-settings wants --wifi-ssid and --broker: without them the light cannot start',
    );
  return withSecrets(given, host);
}

async function write(values: FlagValues, host: InstallerHost): Promise<string> {
  const archive = required(values, 'interpreter', 'Espruino’s release, such as espruino_2v29.zip');
  const folder = required(values, 'out', 'the folder for the page');
  const bundle = readBundle(String(values.bundle ?? 'dist/firmware.js'));
  if (wantsTinyMqtt(bundle))
    throw failure(
      'badArguments',
      'the bundle needs the module tinyMQTT, which no interpreter has: take another bundle',
    );
  const { dist = 'dist' } = host;
  const interpreters = readInterpreters(archive);
  const settings = await publishedSettings(values, host, { bundle, interpreters });
  const files = filesForAnyBoard(bundle, readPrograms(dist));
  if (settings) files.push({ name: SETTINGS_FILE, image: imageOf(settingsFile(settings)) });
  const builds = interpreters.map((interpreter) => buildFor(interpreter, files, archive));
  writePage(folder, builds, {
    version: versionOf(bundle) ?? 'of this build',
    setUp: settings ? 'done' : 'Improv',
  });
  const names = files.map(({ name }) => name).join(', ');
  host.write(`${folder}: a page that installs Espruino, ${names} on ${builds.map(({ chip }) => chip).join(', ')}\n`);
  if (settings) host.write('! your settings are in it, passwords too: do not put it where others can open it\n');
  return folder;
}

/**
 * Writes the page, and serves it when asked.
 * @returns the exit code
 */
export function runInstaller(argv: string[], host: InstallerHost): Promise<number> {
  async function work() {
    const values: FlagValues = parseFlags(withPort(argv), OPTIONS);
    if (values.help) {
      host.write(`${installerHelp()}\n`);
      return 'ok';
    }
    const port = values.serve === undefined ? undefined : wholeNumber(String(values.serve), '--serve', 0, MAX_PORT);
    const folder = await write(values, host);
    if (port !== undefined)
      await serve(folder, { port, signal: host.signal }, (url) =>
        host.write(`open ${url} in Chrome or Edge; only this computer can; Ctrl-C ends it\n`),
      );
    return 'ok' as const;
  }
  return exitCodeOf('installer', work, { print: host.write });
}
