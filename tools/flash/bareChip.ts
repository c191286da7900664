// The command that puts the interpreter on a bare chip, made from the command that met the chip.

import { parseArgs } from 'node:util';
import { SETTINGS } from '../../settings/schema.ts';
import { OPTIONS, type Order } from './arguments.ts';

/** Secrets are asked for again; the port is named anew. */
const LEFT_OUT = new Set([
  'port',
  'all',
  'name',
  ...SETTINGS.filter(({ variable }) => variable).flatMap(({ flags }) => flags),
]);

/** What a light cannot do without, for a command that had no settings. */
const SETTINGS_TO_GIVE = ['--wifi-ssid', 'NAME', '--broker', 'HOST'];

const IS_PLAIN = /^[\w@%+=:,./-]+$/;

/** Quotes a word for a shell. */
export const quoted = (word: string): string => (IS_PLAIN.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`);

/** Lists the words of a command line that are no secrets and name no boards. */
function repeated(argv: string[]): string[] {
  const { tokens } = parseArgs({ args: argv, options: OPTIONS, allowNegative: true, tokens: true });
  return tokens.flatMap((token) => {
    if (token.kind !== 'option' || LEFT_OUT.has(token.name)) return [];
    return token.value === undefined ? [token.rawName] : [token.rawName, token.value];
  });
}

/**
 * Says what to run for a chip without an interpreter.
 * @param path its port
 * @param name its name, if one was given
 */
export function commandFor(order: Order, { path, name }: { path: string; name?: string }): string {
  if (order.interpreter !== undefined)
    return 'the one from the archive does not start: try another release of Espruino';
  const rest = order.action === 'flash' ? repeated(order.argv) : SETTINGS_TO_GIVE;
  const names = name === undefined ? [] : ['--name', name];
  const words = ['--interpreter', 'FILE.zip', '--port', path, ...rest, ...names];
  return `run: npm run flash -- ${words.map(quoted).join(' ')}\n(FILE.zip is Espruino’s release, from https://www.espruino.com/Download)`;
}
