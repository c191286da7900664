// The passwords among the settings: from the environment, or asked for.

import { SETTINGS, type Settings } from '../settings/schema.ts';
import { settingAt, withSetting } from '../settings/tree.ts';
import { complaintsAbout } from '../settings/values.ts';
import { failure } from './failure.ts';
import type { ProcessHost } from './process.ts';

/** Where passwords come from. */
type SecretsHost = Pick<ProcessHost, 'environment' | 'ask'>;

/** How to get a password. */
interface Source {
  /** Environment variable. */
  variable: string;
  question: string;
}

const variableOf = (key: string): string => SETTINGS.find((setting) => setting.key === key)?.variable ?? '';

const SOURCES: (Source & { key: string; after: string })[] = [
  { key: 'wifi.password', after: 'wifi.ssid', question: 'Wi-Fi password (not shown; Enter for an open network): ' },
  { key: 'password', after: 'username', question: 'MQTT password (not shown; Enter for none): ' },
].map((source) => ({ ...source, variable: variableOf(source.key) }));

/**
 * Adds the passwords that belong to the settings.
 * @param others sources by key, where they are not the usual ones
 * @throws Failure badArguments
 */
export async function withSecrets(
  settings: Settings,
  host: SecretsHost,
  others: Record<string, Source> = {},
): Promise<Settings> {
  let complete = settings;
  for (const { key, after, ...usual } of SOURCES) {
    if (settingAt(settings, key) !== undefined || settingAt(settings, after) === undefined) continue;
    const { variable, question } = others[key] ?? usual;
    const answer = host.environment[variable] ?? (await host.ask?.(question));
    if (answer) complete = withSetting(complete, key, answer);
    else if (answer === undefined && key === 'wifi.password')
      throw failure('badArguments', `no Wi-Fi password: set ${variable}, or --wifi-password "" for an open network`);
  }
  const wrong = complaintsAbout(complete);
  if (wrong.length > 0) throw failure('badArguments', wrong.join('\n'));
  return complete;
}
