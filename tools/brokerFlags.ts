// The flags that name a broker and lights at it, for all tools that connect to one.

import { SETTINGS } from '../settings/schema.ts';
import type { BrokerAccess } from './broker.ts';
import { failure } from './failure.ts';
import { address } from './flags.ts';

/** Holds the password, so that no process list shows it. */
const PASSWORD_VARIABLE = 'LIGHT_MQTT_PASSWORD';

/** For `parseFlags`. */
export const BROKER_FLAGS = {
  broker: { type: 'string' },
  username: { type: 'string' },
  password: { type: 'string' },
} as const;

/** Lines of a help text. */
export const BROKER_HELP = `  --broker HOST[:PORT]  the MQTT broker (port 1883)
  --username TEXT       MQTT user name
  --password TEXT       MQTT password; or ${PASSWORD_VARIABLE}, which no process list shows`;

/**
 * Reads them.
 * @throws Failure badArguments
 */
export function accessOf(
  values: { [Flag in keyof typeof BROKER_FLAGS]?: string | undefined },
  env: Record<string, string | undefined>,
): BrokerAccess {
  const { broker, username, password } = values;
  if (broker === undefined) throw failure('badArguments', 'which broker? --broker HOST (see --help)');
  if (password !== undefined && username === undefined) throw failure('badArguments', '--password needs --username');
  return {
    broker: address(broker),
    username,
    password: username === undefined ? undefined : (password ?? env[PASSWORD_VARIABLE]),
  };
}

/**
 * Checks names of lights; gives each once.
 * @throws Failure badArguments
 */
export function lightNames(names: string[], flag: string): string[] {
  const rule = SETTINGS.find(({ key }) => key === 'name')!;
  if (!names.every(rule.isRight)) throw failure('badArguments', `${flag} wants ${rule.wants}`);
  return [...new Set(names)];
}
