// The lights of a broker as documents, and the actions that change them.

import { FULL, type Command, type Light } from '../../page/protocol.ts';
import type { BrokerAccess, Message } from '../broker.ts';
import { diagnose } from '../doctor/diagnose.ts';
import type { Finding } from '../doctor/finding.ts';
import { readName, readNames, readWhole, type ActionTable } from './actions.ts';
import { openBrokerLink } from './brokerLink.ts';
import { createCommands } from './commands.ts';
import type { DocumentSet } from './documents.ts';
import { readGroups, withGroup } from './groups.ts';
import { createLightRecord } from './record.ts';
import { CALL, GROUPS, keptOf, REPORTS } from './topics.ts';

/** Retained messages come at once. When none has come by then, the broker has none, or keeps them to itself. */
const KEPT_MS = 1_500;

/** The doctor looks again so long after a change, */
const DIAGNOSE_MS = 500;
/** and without one, because trouble ends by itself. */
const REVIEW_MS = 30_000;

/** Reads a command. @throws Error in one line */
function readCommand(value: unknown): Command {
  const { state, brightness } = Object(value) as Record<string, unknown>;
  if (state !== undefined && state !== 'ON' && state !== 'OFF') throw new Error('state is neither ON nor OFF');
  if (state === undefined && brightness === undefined) throw new Error('an empty command');
  return {
    ...(state !== undefined && { state }),
    ...(brightness !== undefined && { brightness: readWhole(brightness, 'brightness', 1, FULL) }),
  };
}

/** What the doctor says, by light; `all lights` is for all. */
function findingsBy(findings: Finding[]): Map<string, Light['findings']> {
  const by = new Map<string, Light['findings']>();
  for (const { kind, light, text } of findings) by.set(light, [...(by.get(light) ?? []), { kind, text }]);
  return by;
}

/** Keeps the documents of all lights; those that a message changes are written at once. */
function createLightDocuments(documents: DocumentSet) {
  const record = createLightRecord();
  let findings = new Map<string, Light['findings']>();
  let timer: NodeJS.Timeout | undefined;

  function show(name: string): void {
    const light = record.light(name);
    if (light) documents.set(`light/${name}`, { ...light, findings: findings.get(name) ?? [] });
    else documents.drop(`light/${name}`);
  }

  function review(): void {
    timer = undefined;
    const found = diagnose(record.seen(), { names: [], waitS: 0 });
    findings = findingsBy(found.filter(({ kind }) => kind !== 'unheard'));
    record.names().forEach(show);
    documents.set('fleet', findings.get('all lights') ?? []);
  }

  const reviews = setInterval(review, REVIEW_MS);
  reviews.unref();
  return {
    record,
    /** Takes a message; gives the light that it changes. */
    take(message: Message): string | undefined {
      const name = record.take(message);
      if (name === undefined) return undefined;
      show(name);
      timer ??= setTimeout(review, DIAGNOSE_MS);
      return name;
    },
    close(): void {
      for (const each of [timer, reviews]) clearTimeout(each);
    },
  };
}

/**
 * Connects to the broker, and keeps the documents of its lights.
 * @param signal ends the opening
 * @throws Failure unreachable or refused; the signal's reason
 */
export async function watchLights(access: BrokerAccess, documents: DocumentSet, signal = new AbortController().signal) {
  const lights = createLightDocuments(documents);
  const { record } = lights;
  let groups = readGroups('');
  let isKept = false;
  let call: NodeJS.Timeout | undefined;
  const commands = createCommands((...message) => link.publish(...message), record.light);

  const link = await openBrokerLink(access, {
    topics: [...REPORTS, GROUPS],
    signal,
    onMessage(message) {
      if (message.topic === GROUPS) {
        groups = readGroups(message.payload);
        return documents.set('groups', groups);
      }
      const name = lights.take(message);
      isKept ||= name !== undefined && message.retain;
      if (name !== undefined) commands.reported(name);
    },
    onState: (state) => documents.set('broker', state),
    onReady() {
      clearTimeout(call);
      call = setTimeout(() => {
        if (!isKept) void link.publish(CALL, '').catch(() => undefined);
      }, KEPT_MS);
    },
  });
  documents.set('groups', groups);

  async function forget(names: string[]): Promise<void> {
    const alive = names.filter((name) => record.light(name)?.status === 'online');
    if (alive.length > 0) throw new Error('a light that is online would be back at once: unplug it first');
    for (const topic of names.flatMap(keptOf)) await link.publish(topic, '', { retain: true });
  }

  const actions = {
    set: ({ lights: names, command }) => commands.sendAll(readNames(names), readCommand(command)),
    async identify({ lights: names }) {
      await Promise.all(readNames(names).map((name) => link.publish(`light/${name}/set`, '{"effect":"blink"}')));
    },
    forget: ({ lights: names }) => forget(readNames(names)),
    call: () => link.publish(CALL, ''),
    group: ({ name, lights: names }) =>
      link.publish(GROUPS, withGroup(groups, readName(name), readNames(names)), { retain: true }),
    history: ({ light }) => record.history(readName(light)),
  } satisfies ActionTable;

  return {
    actions,
    publish: link.publish,
    async close(): Promise<void> {
      clearTimeout(call);
      lights.close();
      link.close();
    },
  };
}

/** The lights of a broker. */
export type WatchedLights = Awaited<ReturnType<typeof watchLights>>;
