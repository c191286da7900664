// `npm run configure` as a function: argv in, exit code out.

import { secretsOf, settingsFile } from '../../settings/values.ts';
import type { Settings } from '../../settings/schema.ts';
import type { BrokerAccess } from '../broker.ts';
import { createReport } from '../report.ts';
import { withSecrets } from '../secrets.ts';
import { address } from '../flags.ts';
import { failure, type Exit } from '../update/exits.ts';
import {
  boardsOf,
  withFleet,
  withPassword,
  type BoardWork,
  type Fleet,
  type Host,
  type Watch,
} from '../update/fleet.ts';
import { before, refusal, wordSince, type Word } from '../update/outcome.ts';
import { rollOut } from '../update/rollOut.ts';
import { runTool } from '../update/run.ts';
import { settingsMessage, settingsRoom } from '../update/wire.ts';
import { HELP, NEW_PASSWORD, parseArguments, type ConfigureOrder } from './arguments.ts';

/**
 * Makes the text for the boards.
 * @throws Failure badArguments when a message has no room for it
 */
function textOf(settings: Settings): Uint8Array {
  const text = settingsFile(settings);
  const room = settingsRoom(Date.now());
  if (text.length > room)
    throw failure('badArguments', `the settings take ${text.length} bytes, a message has room for ${room}: send fewer`);
  return text;
}

/**
 * Sends a board its settings, and waits for what becomes of them.
 * @param newName under which it connects with them
 * @throws Failure declined, rolledBack or silent
 */
async function configureBoard({ light, report }: BoardWork, fleet: Fleet, text: Uint8Array, newName = light.name) {
  const { lights, limits, signal } = fleet;
  const tried = lights.light(newName);
  const then = before(light);
  /** A board with a new name is another one here, as long as the old name has nothing to say. */
  const word = (): Word | undefined => {
    const isRenamed = tried !== light && tried.info?.serial === light.info?.serial;
    return (isRenamed ? wordSince(tried, { ...then, infos: 0 }) : undefined) ?? wordSince(light, then);
  };
  report.step('send');
  const reaction = await fleet.ask(
    light,
    (counter, keys) => settingsMessage(text, counter, keys),
    () => word() ?? (light.isOnline === false ? 'trial' : undefined),
  );
  if (typeof reaction === 'object') throw refusal(reaction.refused);
  report.step('trial');
  const verdict = () => {
    const latest = word();
    const isOther = typeof latest === 'object' && (tried.info?.restarts ?? 0) > then.restarts; // refused in the trial
    return latest === 'trial' || isOther ? undefined : latest;
  };
  const end = await lights.wait(verdict, limits.settingsMs, signal);
  if (end === undefined) throw failure('silent', 'no word of it any more: it goes back by itself if it cannot connect');
  if (typeof end === 'object') throw refusal(end.refused);
  if (end === 'rolled back') throw failure('rolledBack', 'rolled back: it could not connect, and has its old settings');
  report.done('kept');
}

/** The broker to which the boards will go, if that changes; one that we cannot reach would leave us without a report. */
function newAccess(order: ConfigureOrder, { broker, username, password }: Settings): BrokerAccess | undefined {
  if (broker === undefined && username === undefined) return undefined;
  return {
    broker: broker === undefined ? order.broker : address([broker].flat()[0]!),
    username: username ?? order.username,
    password: username === undefined ? order.password : password,
  };
}

/**
 * Changes settings of boards over the air.
 * @returns the exit of the first board that failed, which has been reported
 * @throws Failure badArguments, unreachable, refused or unheard
 */
export async function configure(order: ConfigureOrder, watch: Watch): Promise<Exit> {
  const { settings } = order;
  const newName = settings.name;
  const text = textOf(settings);
  const names = newName === undefined ? order.names : [...order.names, newName];
  async function configureAll(fleet: Fleet): Promise<Exit> {
    const moved = newAccess(order, settings);
    if (moved) await fleet.hearAlso(moved);
    const { signal, report } = watch;
    const { ready, failures } = boardsOf(fleet, order, report);
    const work = (board: BoardWork) => configureBoard(board, fleet, text, newName);
    failures.push(...(await rollOut(ready, { first: order.canaries, signal, report, work })));
    return signal.aborted ? 'interrupted' : (failures[0]?.exit ?? 'ok');
  }
  return withFleet(order, watch, configureAll, names);
}

/**
 * `npm run configure`.
 * @returns the exit code
 */
export function runConfigure(argv: string[], host: Host): Promise<number> {
  return runTool('configure', host, async () => {
    const given = parseArguments(argv, host.environment);
    if (!given) {
      host.write(HELP);
      return 'ok';
    }
    const settings = await withSecrets(given.settings, host, { password: NEW_PASSWORD });
    const order = { ...(await withPassword(given, host)), settings };
    return configure(order, { ...host, report: createReport({ ...host, secrets: secretsOf(settings) }) });
  });
}
