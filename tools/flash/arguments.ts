// Reads the command line of `npm run flash`: what to do, on which boards, with which settings.

import type { Settings } from '../../settings/schema.ts';
import { complaintsAbout, settingFlags, type FlagValues } from '../../settings/values.ts';
import { parseFlags, wholeNumber } from '../flags.ts';
import { MASTER_KEY_FILE } from '../keys.ts';
import { settingsOf } from '../settingFlags.ts';
import { failure } from './exits.ts';

/** The speed of the ESP32's console. */
const DEFAULT_BAUD = 115_200;
const MIN_BAUD = 300;

/** The fastest UART of an ESP32. */
const MAX_BAUD = 5_000_000;

/** What `npm run flash` was asked to do. */
export interface Order {
  /** The words of the command line; they may hold secrets. */
  argv: string[];
  action: 'flash' | 'show' | 'erase' | 'list' | 'help';
  ports: string[];
  all: boolean;
  baud: number;
  bundle: string;
  masterKey: string;
  force: boolean;
  wait: boolean;
  keepConfig: boolean;
  /** An archive with the interpreter, to be written first. */
  interpreter?: string;
  /** Where to write the board's label. */
  label?: string;
  /** A mosquitto ACL file that gets a section for the light. */
  acl: string | undefined;
  /** Settings for every board. */
  settings: Settings;
  /** Names in the order of the ports; empty for the firmware's default, which differs from board to board. */
  names: string[];
}

/** The flags, as `parseArgs` of `node:util` wants them. */
export const OPTIONS: ReturnType<typeof settingFlags> = {
  port: { type: 'string', multiple: true },
  all: { type: 'boolean' },
  list: { type: 'boolean' },
  config: { type: 'string' },
  'keep-config': { type: 'boolean' },
  show: { type: 'boolean' },
  erase: { type: 'boolean' },
  force: { type: 'boolean' },
  wait: { type: 'boolean' },
  interpreter: { type: 'string' },
  label: { type: 'string' },
  baud: { type: 'string' },
  bundle: { type: 'string' },
  'master-key': { type: 'string' },
  acl: { type: 'string' },
  ...settingFlags(),
};

const ACTIONS = ['help', 'list', 'show', 'erase'] as const;

/** Flags that say how to flash: with another action they would be lost without a word. */
const ONLY_FLASHING = [
  ...['interpreter', 'label', 'acl', 'keep-config', 'wait', 'config'],
  ...Object.keys(settingFlags()),
];

/**
 * Reads `--baud`.
 * @throws Failure badArguments
 */
export function baudOf(value: FlagValues[string]): number {
  return value === undefined ? DEFAULT_BAUD : wholeNumber(String(value), '--baud', MIN_BAUD, MAX_BAUD);
}

/**
 * Reads `--port`: each port once.
 * @throws Failure badArguments
 */
export function portsOf(value: FlagValues[string]): string[] {
  const ports = new Set([value ?? []].flat().map(String));
  if (ports.has('')) throw failure('badArguments', '--port wants a serial port, or tcp://HOST:PORT');
  return [...ports];
}

function namesOf(values: FlagValues, fileName: string | undefined, boards: { count: number; all: boolean }): string[] {
  const given = (values.name as string[] | undefined) ?? (fileName === undefined ? [] : [fileName]);
  const oneForMany = given.length === 1 && (boards.count > 1 || boards.all);
  const unequal = given.length > 1 && (given.length !== boards.count || new Set(given).size < given.length);
  if (oneForMany || unequal)
    throw failure(
      'badArguments',
      'several boards need different names: --name once per --port, or none for the default',
    );
  return given;
}

/** An ACL tells lights apart by their logins, so each needs its own, from the settings of this call. */
function checkAclOrder({ acl, settings, keepConfig, ports, all }: Order): void {
  if (acl === undefined) return;
  if (keepConfig) throw failure('badArguments', '--acl goes with a flash with settings');
  if (settings.username === undefined)
    throw failure('badArguments', '--acl needs the login of the light: --username NAME');
  if (all || ports.length > 1)
    throw failure('badArguments', '--acl takes one board a call: each light needs a login of its own (--username)');
}

function checked(order: Order): Order {
  if (order.action === 'help') return order;
  const wrong = complaintsAbout(order.settings).concat(order.names.flatMap((name) => complaintsAbout({ name })));
  if (wrong.length > 0) throw failure('badArguments', wrong.join('\n'));
  const hasSettings = Object.keys(order.settings).length + order.names.length > 0;
  if (order.keepConfig && hasSettings)
    throw failure('badArguments', '--keep-config leaves the settings as they are: give it no settings');
  checkAclOrder(order);
  return order;
}

function actionOf(values: FlagValues): Order['action'] {
  if (values.help) return 'help';
  const [action, another] = ACTIONS.filter((each) => values[each]);
  if (another) throw failure('badArguments', `--${action} and --${another} do not go together`);
  const onlyFlashing = ONLY_FLASHING.find((flag) => values[flag] !== undefined);
  if (action && onlyFlashing) throw failure('badArguments', `--${onlyFlashing} does not go with --${action}`);
  return action ?? 'flash';
}

/**
 * Reads the command line, and the settings file that it names.
 * @throws Failure badArguments
 */
export function parseOrder(argv: string[]): Order {
  const values: FlagValues = parseFlags(argv, OPTIONS);
  const action = actionOf(values);
  const { name: fileName, ...settings } = settingsOf({ ...values, name: undefined }); // the flag names several boards
  const ports = portsOf(values.port);
  const all = values.all === true;
  if (all && ports.length > 0) throw failure('badArguments', '--all finds the ports itself: give it no --port');
  return checked({
    argv,
    action,
    ports,
    all,
    baud: baudOf(values.baud),
    bundle: String(values.bundle ?? 'dist/firmware.js'),
    masterKey: String(values['master-key'] ?? MASTER_KEY_FILE),
    force: values.force === true,
    wait: values.wait === true,
    keepConfig: values['keep-config'] === true,
    interpreter: values.interpreter === undefined ? undefined : String(values.interpreter),
    label: values.label === undefined ? undefined : String(values.label),
    acl: values.acl === undefined ? undefined : String(values.acl),
    settings,
    names: namesOf(values, fileName, { count: ports.length, all }),
  });
}

/** Names a setting that a light cannot do without; undefined when none is missing. */
export function missingSettings({ settings, keepConfig }: Order): string | undefined {
  if (keepConfig) return undefined;
  if (settings.wifi?.ssid === undefined)
    return 'which Wi-Fi? --wifi-ssid NAME (or --keep-config for the board’s own settings)';
  if (settings.broker === undefined)
    return 'which MQTT broker? --broker HOST (or --keep-config for the board’s own settings)';
  return undefined;
}
