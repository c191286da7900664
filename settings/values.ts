// Reads settings from flags or a JSON file, checks them against the table, and shows them with the secrets masked.

import { readFileSync } from 'node:fs';
import type { ParseArgsConfig } from 'node:util';
import { NOT_TEXT, pinComplaints, SETTINGS, type Setting, type Settings } from './schema.ts';
import { isTree, settingAt, valueOf, withSetting, type Tree } from './tree.ts';

/** Gives the table's flags, as `parseArgs` of `node:util` wants them. */
export function settingFlags(): NonNullable<ParseArgsConfig['options']> {
  const options: NonNullable<ParseArgsConfig['options']> = {};
  for (const { flags, kind } of SETTINGS)
    for (const flag of flags)
      options[flag] = kind === 'switch' ? { type: 'boolean' } : { type: 'string', multiple: true };
  return options;
}

/** Flags as `parseArgs` returns them. */
export type FlagValues = Record<string, string | boolean | (string | boolean)[] | undefined>;

/** Shown instead of a secret. */
export const MASK = '••••••••';

/** Merges settings; those of `over` win. */
export function mergeSettings(under: Settings, over: Settings): Settings {
  return SETTINGS.reduce((merged, { key }) => {
    const value = settingAt(over, key);
    return value === undefined ? merged : withSetting(merged, key, value);
  }, under);
}

/** Reads the settings from flags; unchecked. */
export function settingsFromFlags(values: FlagValues): Settings {
  return SETTINGS.reduce<Settings>((settings, setting) => {
    const given = setting.flags.flatMap((flag) => values[flag] ?? []);
    return given.length > 0 ? withSetting(settings, setting.key, valueOf(setting, given)) : settings;
  }, {});
}

/**
 * Reads a settings file: JSON with the same keys as `light.json`; unchecked.
 * @throws Error with one line for the user, which never holds the file's text
 */
export function readSettingsFile(path: string): Settings {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new Error(code ? `cannot read ${path} (${code})` : `${path} is not valid JSON`);
  }
  if (!isTree(parsed)) throw new Error(`${path} holds no JSON object, such as {"broker":"192.168.1.10"}`);
  return parsed as Settings;
}

/**
 * Reads the settings file of a build.
 * @throws Error with a line for each wrong setting
 */
export function readSettings(path: string): Settings {
  const settings = readSettingsFile(path);
  const wrong = complaintsAbout(settings);
  if (wrong.length > 0) throw new Error(wrong.map((line) => `${path}: ${line}`).join('\n'));
  return settings;
}

function unknownKeys(tree: Tree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([name, value]) => {
    const key = prefix + name;
    if (SETTINGS.some((setting) => setting.key === key)) return [];
    const isGroup = SETTINGS.some((setting) => setting.key.startsWith(`${key}.`));
    if (isGroup) return isTree(value) ? unknownKeys(value, `${key}.`) : [];
    return [`${JSON.stringify(key)} is no setting`];
  });
}

function complaint({ key, wants, isRight }: Setting, value: unknown): string | undefined {
  if (value === undefined || isRight(value)) return undefined;
  const isNotText = [value].flat().some((each) => typeof each === 'string' && NOT_TEXT.test(each));
  return isNotText ? `${key} has a control character in it, such as a tab: take it out` : `${key} wants ${wants}`;
}

/** Says what is wrong with settings, one line each; no line repeats a secret. */
export function complaintsAbout(settings: Settings): string[] {
  const { wifi } = settings;
  const isNameless = wifi !== undefined && wifi !== null && wifi.ssid === undefined;
  return [
    ...unknownKeys(settings as Tree),
    ...SETTINGS.flatMap((setting) => complaint(setting, settingAt(settings, setting.key)) ?? []),
    ...(isNameless ? ['wifi.ssid is missing: name the network'] : []),
    ...pinComplaints(settings),
  ];
}

/** Gives the values that must never be shown. */
export function secretsOf(settings: Settings): string[] {
  return SETTINGS.filter(({ variable }) => variable)
    .map(({ key }) => settingAt(settings, key))
    .filter((value): value is string => typeof value === 'string' && value !== '');
}

/** Formats settings for people, secrets masked; unset ones are left out. */
export function settingRows(settings: Settings): { key: string; value: string }[] {
  return SETTINGS.flatMap(({ key, variable }) => {
    const value = settingAt(settings, key);
    if (value === undefined) return [];
    const shown = Array.isArray(value) ? value.join(', ') : String(value ?? 'none');
    return [{ key, value: variable && value !== '' ? MASK : shown }];
  });
}

/** Makes `light.json` as the chip stores it: UTF-8 bytes. */
export function settingsFile(settings: Settings): Uint8Array {
  return Buffer.from(JSON.stringify(settings), 'utf8');
}
