// Reads the command line of `npm run configure`: which boards, and which settings they get.

import type { Settings } from '../../settings/schema.ts';
import { complaintsAbout, settingFlags, type FlagValues } from '../../settings/values.ts';
import { parseFlags } from '../flags.ts';
import { settingLines, settingsOf } from '../settingFlags.ts';
import { EXIT_HELP, failure } from '../update/exits.ts';
import { FLEET_FLAGS, FLEET_HELP, fleetOrderOf, type FleetOrder, type FleetValues } from '../update/fleetFlags.ts';

/** What was asked for. */
export interface ConfigureOrder extends FleetOrder {
  /** Those that change; the board keeps all others. */
  settings: Settings;
}

/** Where the boards' new MQTT password comes from: the usual variable and question are for our own connection. */
export const NEW_PASSWORD = {
  variable: 'LIGHT_NEW_MQTT_PASSWORD',
  question: 'New MQTT password of the boards (not shown; Enter keeps theirs): ',
};

/** A setting whose flag names the way to the board here has another. */
const newFlag = (flag: string): string => (flag in FLEET_FLAGS ? `new-${flag}` : flag);

/** The text of `--help`. */
export const HELP = `Usage: npm run configure -- --broker HOST (--name NAME… | --all) settings

Changes settings of boards over the air, signed and encrypted. A board tries them, and goes back to its old ones within three
minutes if it cannot connect with them. What is not named stays as it is.

${FLEET_HELP}
  --help                this text

Settings (flags win over the file)
  --config FILE         JSON with the keys of light.json
${settingLines({ flag: newFlag, variable: NEW_PASSWORD.variable }).join('\n')}
A password that is neither given nor in the environment is asked for.

Exit codes (of the first board that failed)
${EXIT_HELP}
`;

/** Gives the values of the settings the flags that they have elsewhere. */
function asSettingFlags(values: FlagValues): FlagValues {
  const flags = Object.keys(settingFlags());
  return { config: values.config, ...Object.fromEntries(flags.map((flag) => [flag, values[newFlag(flag)]])) };
}

/**
 * Reads the command line, and the settings file that it names.
 * @returns undefined when help was asked for
 * @throws Failure badArguments
 */
export function parseArguments(argv: string[], env: Record<string, string | undefined>): ConfigureOrder | undefined {
  const flags = Object.entries(settingFlags()).map(([flag, type]) => [newFlag(flag), type] as const);
  const values: FlagValues = parseFlags(argv, {
    ...Object.fromEntries(flags),
    ...FLEET_FLAGS,
    config: { type: 'string' },
  });
  if (values.help) return undefined;
  const settings = settingsOf(asSettingFlags(values));
  const order = fleetOrderOf(values as FleetValues, env);
  if (Object.keys(settings).length === 0) throw failure('badArguments', 'which settings? Such as --power-on last');
  const wrong = complaintsAbout(settings);
  if (wrong.length > 0) throw failure('badArguments', wrong.join('\n'));
  if (settings.name !== undefined && order.names.length !== 1)
    throw failure('badArguments', '--new-name is for one board: name it with --name');
  return { ...order, settings };
}
