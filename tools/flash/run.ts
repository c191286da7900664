// `npm run flash` as a function: argv in, exit code out.

import { setMaxListeners } from 'node:events';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { secretsOf, settingsFile } from '../../settings/values.ts';
import { DEFAULT_TOPIC, pinComplaints, type Settings } from '../../settings/schema.ts';
import { createMasterKey, readMasterKey } from '../keys.ts';
import type { ProcessHost } from '../process.ts';
import { missingSettings, parseOrder, type Order } from './arguments.ts';
import type { Updates } from './contents.ts';
import { commandFor, quoted } from './bareChip.ts';
import { eraseBoard } from './eraseBoard.ts';
import { asFailure, exitCodeOf, failure, type Exit, type Failure } from './exits.ts';
import { flashBoard } from './flashBoard.ts';
import { flashHelp } from './help.ts';
import { installInterpreter } from './interpreter/installInterpreter.ts';
import { readInterpreters, type Interpreter } from './interpreter/interpreters.ts';
import { imageOf, readBundle, readPrograms, takesUpdates, type Image } from '../image.ts';
import { LIMITS, type Limits } from './limits.ts';
import { portLabel } from './openWire.ts';
import { choosePorts, listPorts, portList, type Port } from './ports.ts';
import { createReport, type BoardReport, type Report } from '../report.ts';
import { withSecrets } from '../secrets.ts';
import type { Access } from './session.ts';
import { showBoard } from './showBoard.ts';

/** What the tool needs of its process; tests pass their own. */
export interface Host extends Omit<ProcessHost, 'note'> {
  listPorts?(): Promise<Port[]>;
  limits?: Limits;
  /** Folder of the loader and the set-up program, `dist`. */
  dist?: string;
}

/** Does the work on one board. */
type Work = (access: Access, index: number, report: BoardReport) => Promise<void>;

/** What goes on every board. */
interface Cargo {
  settings: Settings;
  bundle: Image;
  updates: Updates | undefined;
  interpreters: Interpreter[] | undefined;
  /** There are several boards. */
  isOneOfMany: boolean;
}

function flashWork(order: Order, { settings, bundle, updates, interpreters, isOneOfMany }: Cargo): Work {
  return async (access, index, report) => {
    if (interpreters) await installInterpreter(access, report, interpreters);
    const name = order.names[index];
    const own = name === undefined ? settings : { ...settings, name };
    const image = order.keepConfig ? undefined : imageOf(settingsFile(own));
    const complaints = (board: string) => pinComplaints(own, board);
    const isRestarting = interpreters !== undefined;
    const label = order.label === undefined ? undefined : { file: order.label, isOneOfMany };
    const acl = order.acl === undefined ? undefined : { path: order.acl, settings: own };
    const what = { bundle, bundlePath: order.bundle, updates, settings: image };
    return flashBoard({ ...access, ...what, isRestarting, complaints, acl, label, wait: order.wait }, report);
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
async function onAll(paths: string[], order: Order, host: Host, report: Report, work: Work): Promise<Exit> {
  const { baud, force, names } = order;
  const { signal, limits = LIMITS } = host;
  const outcomes = await Promise.all(
    paths.map(async (path, index): Promise<Failure | undefined> => {
      const board = report.board(portLabel(path));
      try {
        const ifBare = commandFor(order, { path, name: names[index] });
        await work({ path, baud, force, limits, signal, ifBare }, index, board);
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
  return failures[0]?.exit ?? 'ok';
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
  const login = settings.username === undefined ? '' : ` -u ${quoted(settings.username)} -P …`;
  const topic = [settings.topics].flat()[0] ?? DEFAULT_TOPIC;
  return `Try it: mosquitto_pub -h ${host}${port ? ` -p ${port}` : ''}${login} -t ${quoted(topic)} -m toggle`;
}

/**
 * Reads the owner's master key; makes one when there is none, and says so.
 * @throws Failure badArguments
 */
function masterKey(path: string, report: Report): Buffer {
  const known = readMasterKey(path);
  if (known) return known;
  const made = createMasterKey(path);
  report.say(`made the master key ${path}: keep a copy, without it these boards take updates by USB only`);
  return made;
}

/** Reads what a board needs to take updates. */
function updatesOf(order: Order, { dist = 'dist' }: Host, report: Report): Updates {
  return { ...readPrograms(dist), master: masterKey(order.masterKey, report) };
}

/** Refuses a label that could not be written in the end. */
function refuseLabel(file: string, updates: Updates | undefined): void {
  if (!updates) throw failure('badArguments', '--label wants a bundle with set-up mode, such as that of npm run build');
  try {
    accessSync(path.dirname(file), constants.W_OK);
  } catch (error) {
    throw failure('badArguments', `--label ${file} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}

async function runAction(order: Order, host: Host, list: () => Promise<Port[]>): Promise<Exit> {
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
  const bundle = readBundle(order.bundle);
  const interpreters = order.interpreter === undefined ? undefined : readInterpreters(order.interpreter);
  const chosen = await paths();
  const settings = await withSecrets(order.settings, host);
  const report = screen(secretsOf(settings));
  const updates = takesUpdates(bundle) ? updatesOf(order, host, report) : undefined;
  if (order.label !== undefined) refuseLabel(order.label, updates);
  const cargo = { settings, bundle, updates, interpreters, isOneOfMany: chosen.length > 1 };
  const exit = await onAll(chosen, order, host, report, flashWork(order, cargo));
  const hint = firstCommand(order);
  if (exit === 'ok' && hint) report.say(hint);
  return exit;
}

/**
 * Flashes, shows or erases boards.
 * @returns the exit code
 */
export function runFlash(argv: string[], host: Host): Promise<number> {
  const list = host.listPorts ?? listPorts;
  // Every board listens for Ctrl-C.
  setMaxListeners(0, host.signal);
  async function work(): Promise<Exit> {
    const order = parseOrder(argv);
    if (order.action === 'help') host.write(`${flashHelp()}\n`);
    else if (order.action === 'list') host.write(`${portList(await list())}\n`);
    else return runAction(order, host, list);
    return 'ok';
  }
  return exitCodeOf('flash', work, { print: host.write });
}
