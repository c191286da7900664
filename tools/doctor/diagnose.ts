// Names what is wrong with lights: a pure function of what was heard of them.

import { KINDS, listed, type Finding } from './finding.ts';
import { findingsOf, isRunning } from './light.ts';
import type { Seen } from './seen.ts';

/** What was asked for. */
interface DiagnoseOptions {
  /** Lights that must be there. */
  names: string[];
  /** How long we listened. */
  waitS: number;
}

const ALL = 'all lights';

/** Lights by what they tell last; those that do not tell it are left out. */
function groups(lights: Seen[], key: 'clientId' | 'version'): [value: string, lights: Seen[]][] {
  const found = new Map<string, Seen[]>();
  for (const light of lights) {
    const value = light.infos.at(-1)?.[key];
    if (value) found.set(value, [...(found.get(value) ?? []), light]);
  }
  return [...found];
}

/** One identifier is one board: where a single name is online, the others are its old names. */
function sharedIdentifiers(lights: Seen[]): Finding[] {
  return groups(lights, 'clientId').flatMap(([id, sharing]): Finding[] => {
    if (sharing.length < 2) return [];
    const [online, ...more] = sharing.filter(({ status }) => status === 'online');
    const isQuiet = sharing.every(({ statusChanges }) => statusChanges === 0);
    if (!online || more.length > 0 || !isQuiet) {
      const names = listed(sharing.map(({ name }) => name));
      return [{ kind: 'duplicate', light: sharing[0]!.name, text: `client identifier ${id} on the names ${names}` }];
    }
    const text = `has the client identifier of ${online.name}: an old name of it, or a copy that it has thrown off`;
    return sharing.filter((light) => light !== online).map(({ name }) => ({ kind: 'stale', light: name, text }));
  });
}

function versionsFinding(lights: Seen[]): Finding[] {
  const versions = groups(lights.filter(isRunning), 'version').sort(([, a], [, b]) => b.length - a.length);
  if (versions.length < 2) return [];
  const words = versions.map(([version, { length }], at) => {
    if (at === 0) return `${version} on ${length}`;
    return `${version} on ${listed(versions[at]![1].map(({ name }) => name))}`;
  });
  return [{ kind: 'versions', light: ALL, text: listed(words) }];
}

function unheard(lights: Seen[], { names, waitS }: DiagnoseOptions): Finding[] {
  const heard = new Set(lights.map(({ name }) => name));
  const missing = names.filter((name) => !heard.has(name));
  if (missing.length > 0) return missing.map((light) => ({ kind: 'unheard', light, text: `nothing in ${waitS} s` }));
  if (lights.length > 0) return [];
  const hint = 'RabbitMQ tells only lights that are named (--light NAME), or what is new (--wait 310)';
  return [{ kind: 'unheard', light: ALL, text: `nothing in ${waitS} s; ${hint}` }];
}

/** Finds what is wrong, sorted by light; the words are those of the wire: print them with `lineOf`. */
export function diagnose(lights: Seen[], options: DiagnoseOptions): Finding[] {
  const findings = [
    ...unheard(lights, options),
    ...lights.flatMap(findingsOf),
    ...sharedIdentifiers(lights),
    ...versionsFinding(lights),
  ];
  const isAll = ({ light }: Finding): number => (light === ALL ? 1 : 0);
  return findings.sort(
    (a, b) =>
      isAll(a) - isAll(b) ||
      (a.light < b.light ? -1 : a.light > b.light ? 1 : KINDS.indexOf(a.kind) - KINDS.indexOf(b.kind)),
  );
}
