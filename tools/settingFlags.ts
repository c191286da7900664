// The settings of a light on a command line, for all tools that take them.

import { SETTINGS, type Settings } from '../settings/schema.ts';
import { mergeSettings, readSettingsFile, settingsFromFlags, type FlagValues } from '../settings/values.ts';
import { failure } from './failure.ts';

const FLAG_CHARS = 26;

/** Formats a flag with its meaning, for a help text. */
export const row = (flag: string, text: string): string => `  ${flag.padEnd(FLAG_CHARS)} ${text}`;

/** What a tool calls differently. */
interface OtherNames {
  /** Gives a setting's flag the tool's own name. */
  flag(name: string): string;
  /** The environment variable for a password whose flag has another name. */
  variable: string;
}

/** Lists the flags of all settings, for a help text. */
export function settingLines({ flag: named, variable: other }: OtherNames = { flag: (name) => name, variable: '' }) {
  return SETTINGS.map(({ flags, kind, value, help, variable }) => {
    const name = named(flags[0]!);
    const flag = kind === 'switch' ? `--[no-]${name}` : `--${name} ${value}`;
    const secret = variable && (name === flags[0] ? variable : other);
    return row(flag, secret ? `${help}; or ${secret}` : help);
  });
}

/**
 * Reads the settings in flags and in the file of `--config`; the flags win. What they are worth is not checked.
 * @throws Failure badArguments
 */
export function settingsOf(values: FlagValues): Settings {
  try {
    const file = values.config === undefined ? {} : readSettingsFile(String(values.config));
    return mergeSettings(file, settingsFromFlags(values));
  } catch (error) {
    throw failure('badArguments', (error as Error).message);
  }
}
