// The flags that update and configure share: which broker, which boards, how many first, whose key.

import type { BrokerAccess } from '../broker.ts';
import { accessOf, BROKER_FLAGS, BROKER_HELP, lightNames, WAIT_RANGE, waitOf } from '../brokerFlags.ts';
import { wholeNumber, type parseFlags } from '../flags.ts';
import { MASTER_KEY_FILE } from '../keys.ts';
import { failure } from './exits.ts';

const MAX_CANARIES = 1000;

/** Which boards, and how to reach them. */
export interface FleetOrder extends BrokerAccess {
  /** In the order of the command line; empty for all. */
  names: string[];
  /** Size of the first group; each further one is twice as large. */
  canaries: number;
  /** How long to listen for the boards, s. */
  waitS: number;
  masterKey: string;
}

/** For `parseFlags`. */
export const FLEET_FLAGS = {
  ...BROKER_FLAGS,
  name: { type: 'string', multiple: true },
  all: { type: 'boolean' },
  canary: { type: 'string' },
  wait: { type: 'string' },
  'master-key': { type: 'string' },
} as const;

/** Lines of a help text. */
export const FLEET_HELP = `${BROKER_HELP}
                        (a password that is neither given nor in the environment is asked for)
  --name NAME           a board; repeatable, the first ones first
  --all                 every board that takes updates; RabbitMQ needs names
  --canary K            boards in the first group, 1; the next groups have 2K, 4K, ...
  --wait S              how long to listen for boards, ${WAIT_RANGE}
  --master-key FILE     the key that the boards were flashed with, ${MASTER_KEY_FILE}`;

/** Flags as `parseFlags` gives them. */
export type FleetValues = Partial<ReturnType<typeof parseFlags<typeof FLEET_FLAGS>>>;

/**
 * Reads them.
 * @throws Failure badArguments
 */
export function fleetOrderOf(values: FleetValues, env: Record<string, string | undefined>): FleetOrder {
  const names = lightNames(values.name ?? [], '--name');
  if (values.all && names.length > 0) throw failure('badArguments', '--all takes every board: give it no --name');
  const access = accessOf(values, env);
  if (!values.all && names.length === 0) throw failure('badArguments', 'which boards? --name NAME, or --all');
  return {
    ...access,
    names,
    canaries: wholeNumber(values.canary ?? '1', '--canary', 1, MAX_CANARIES),
    waitS: waitOf(values.wait),
    masterKey: values['master-key'] ?? MASTER_KEY_FILE,
  };
}
