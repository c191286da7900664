// The flags that name a broker and lights at it, for all tools that connect to one.

import { SETTINGS } from '../settings/schema.ts';
import type { BrokerAccess } from './broker.ts';
import { failure } from './failure.ts';
import { address, wholeNumber } from './flags.ts';

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

/** Retained messages come at once; lights that reconnect all the time need a moment to show it. */
const DEFAULT_WAIT_S = 5;
const MAX_WAIT_S = 3600;

/** What `--wait` takes, for a help text. */
export const WAIT_RANGE = `1-${MAX_WAIT_S} s (default ${DEFAULT_WAIT_S})`;

/**
 * Reads `--wait`: how long to listen, s.
 * @throws Failure badArguments
 */
export const waitOf = (text = String(DEFAULT_WAIT_S)): number => wholeNumber(text, '--wait', 1, MAX_WAIT_S);

/**
 * Reads the flags of a broker.
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
