// `npm run flash` as a function: argv in, exit code out.

import { setMaxListeners } from 'node:events';
import { complaintsAbout, secretsOf, settingAt, settingsFile, withSetting } from '../../settings/values.ts';
import { DEFAULT_TOPIC, pinComplaints, SETTINGS, type Settings } from '../../settings/schema.ts';
import { missingSettings, parseOrder, type Order } from './arguments.ts';
import { eraseBoard } from './eraseBoard.ts';
import { asFailure, EXIT, failure, type Failure } from './exits.ts';
import { flashBoard } from './flashBoard.ts';
import { flashHelp } from './help.ts';
import { imageOf, readBundle, type Image } from './image.ts';
import { LIMITS, type Limits } from './limits.ts';
import { portLabel } from './openWire.ts';
import { choosePorts, listPorts, portList, type Port } from './ports.ts';
import { createReport, type BoardReport, type Report } from './report.ts';
import type { Access } from './session.ts';
import { showBoard } from './showBoard.ts';

/** What the tool needs of its process; tests pass their own. */
export interface Host {
  write(text: string): void;
  isTerminal: boolean;
  columns?: number;
  environment: Record<string, string | undefined>;
  /** Asks for a secret without echo; absent where nobody can answer. */
  ask?(question: string): Promise<string>;
  signal: AbortSignal;
  listPorts?(): Promise<Port[]>;
  limits?: Limits;
}

/** Does the work on one board. */
type Work = (access: Access, index: number, report: BoardReport) => Promise<void>;

const QUESTIONS: { key: string; after: string; question: string }[] = [
  { key: 'wifi.password', after: 'wifi.ssid', question: 'Wi-Fi password (not shown; Enter for an open network): ' },
  { key: 'password', after: 'username', question: 'MQTT password (not shown; Enter for none): ' },
];

/** Adds the passwords from the environment, or asks for them. */
async function withSecrets(settings: Settings, host: Host): Promise<Settings> {
  let complete = settings;
  for (const { key, after, question } of QUESTIONS) {
    if (settingAt(settings, key) !== undefined || settingAt(settings, after) === undefined) continue;
    const variable = SETTINGS.find((setting) => setting.key === key)?.variable ?? '';
    const answer = host.environment[variable] ?? (await host.ask?.(question));
    if (answer) complete = withSetting(complete, key, answer);
    else if (answer === undefined && key === 'wifi.password')
      throw failure('badArguments', `no Wi-Fi password: set ${variable}, or --wifi-password "" for an open network`);
  }
  const wrong = complaintsAbout(complete);
  if (wrong.length > 0) throw failure('badArguments', wrong.join('\n'));
  return complete;
}

function flashWork(order: Order, settings: Settings, program: Image): Work {
  return (access, index, report) => {
    const name = order.names[index];
    const own = name === undefined ? settings : { ...settings, name };
    const image = order.keepConfig ? undefined : imageOf(settingsFile(own));
    const complaints = (board: string) => pinComplaints(own, board);
    const acl = order.acl === undefined ? undefined : { path: order.acl, settings: own };
    return flashBoard({ ...access, program, settings: image, complaints, acl, wait: order.wait }, report);
  };
}

/** Reads the bundle to compare with, if it has been built. */
function bundleIfAny(path: string): Image | undefined {
  try {
    return readBundle(path);
  } catch {
    return undefined;
  }
}

/** Runs the work on all boards at once: one that fails does not stop the others. */
async function onAll(paths: string[], order: Order, host: Host, report: Report, work: Work): Promise<number> {
  const { baud, force } = order;
  const outcomes = await Promise.all(
    paths.map(async (path, index): Promise<Failure | undefined> => {
      const board = report.board(portLabel(path));
      try {
        await work({ path, baud, force, limits: host.limits ?? LIMITS, signal: host.signal }, index, board);
        return undefined;
      } catch (error) {
        const failed = asFailure(error);
        board.failed(failed.message);
        return failed;
      }
    }),
  );
  const failures = outcomes.filter((outcome) => outcome !== undefined);
  if (paths.length > 1) report.say(summary(paths, outcomes));
  return EXIT[failures[0]?.exit ?? 'ok'];
}

function summary(paths: string[], outcomes: (Failure | undefined)[]): string {
  const failed = paths.filter((_, index) => outcomes[index]);
  const good = paths.length - failed.length;
  const rest = failed.length > 0 ? `, ${failed.length} failed: ${failed.map(portLabel).join(', ')}` : '';
  return `${good} of ${paths.length} boards done${rest}`;
}

/** Gives a first command to try with a new light. */
function firstCommand({ settings, keepConfig }: Order): string | undefined {
  if (keepConfig) return undefined;
  const [host, port] = [settings.broker].flat()[0]?.split(':') ?? [];
  const login = settings.username === undefined ? '' : ` -u '${settings.username}' -P …`;
  const topic = [settings.topics].flat()[0] ?? DEFAULT_TOPIC;
  return `Try it: mosquitto_pub -h ${host}${port ? ` -p ${port}` : ''}${login} -t '${topic}' -m toggle`;
}

async function runAction(order: Order, host: Host, list: () => Promise<Port[]>): Promise<number> {
  const screen = (secrets: string[]) => createReport({ ...host, secrets });
  const paths = async () => (order.ports.length > 0 ? order.ports : choosePorts(await list(), order.all));
  if (order.action === 'show')
    return onAll(await paths(), order, host, screen([]), (access, _, report) =>
      showBoard(access, report, bundleIfAny(order.bundle)),
    );
  if (order.action === 'erase')
    return onAll(await paths(), order, host, screen([]), (access, _, report) => eraseBoard(access, report));
  const missing = missingSettings(order);
  if (missing) throw failure('badArguments', missing);
  const program = readBundle(order.bundle);
  const chosen = await paths();
  const settings = await withSecrets(order.settings, host);
  const report = screen(secretsOf(settings));
  const code = await onAll(chosen, order, host, report, flashWork(order, settings, program));
  const hint = firstCommand(order);
  if (code === EXIT.ok && hint) report.say(hint);
  return code;
}

/**
 * Flashes, shows or erases boards.
 * @returns the exit code
 */
export async function runFlash(argv: string[], host: Host): Promise<number> {
  const list = host.listPorts ?? listPorts;
  // Every board listens for Ctrl-C.
  setMaxListeners(0, host.signal);
  try {
    const order = parseOrder(argv);
    if (order.action === 'help') host.write(`${flashHelp()}\n`);
    else if (order.action === 'list') host.write(`${portList(await list())}\n`);
    else return await runAction(order, host, list);
    return EXIT.ok;
  } catch (error) {
    const failed = asFailure(error);
    host.write(`flash: ${failed.message}\n`);
    return EXIT[failed.exit];
  }
}
