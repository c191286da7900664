// The passwords among the settings: from the environment, or asked for.

import { SETTINGS, type Settings } from '../../settings/schema.ts';
import { settingAt, withSetting } from '../../settings/tree.ts';
import { complaintsAbout } from '../../settings/values.ts';
import { failure } from '../failure.ts';

/** Where passwords come from. */
export interface SecretsHost {
  environment: Record<string, string | undefined>;
  /** Asks for a secret without echo; absent where nobody can answer. */
  ask?: ((question: string) => Promise<string>) | undefined;
}

const QUESTIONS: { key: string; after: string; question: string }[] = [
  { key: 'wifi.password', after: 'wifi.ssid', question: 'Wi-Fi password (not shown; Enter for an open network): ' },
  { key: 'password', after: 'username', question: 'MQTT password (not shown; Enter for none): ' },
];

/**
 * Adds the passwords that belong to the settings.
 * @param variables environment variables by key, where they are not those of the table
 * @throws Failure badArguments
 */
export async function withSecrets(
  settings: Settings,
  host: SecretsHost,
  variables: Record<string, string> = {},
): Promise<Settings> {
  let complete = settings;
  for (const { key, after, question } of QUESTIONS) {
    if (settingAt(settings, key) !== undefined || settingAt(settings, after) === undefined) continue;
    const variable = variables[key] ?? SETTINGS.find((setting) => setting.key === key)?.variable ?? '';
    const answer = host.environment[variable] ?? (await host.ask?.(question));
    if (answer) complete = withSetting(complete, key, answer);
    else if (answer === undefined && key === 'wifi.password')
      throw failure('badArguments', `no Wi-Fi password: set ${variable}, or --wifi-password "" for an open network`);
  }
  const wrong = complaintsAbout(complete);
  if (wrong.length > 0) throw failure('badArguments', wrong.join('\n'));
  return complete;
}
