// What was heard of each light. Whatever comes over the wire, it stays small and never throws.

import type { Message } from '../broker.ts';

const FIGURES = ['rssi', 'uptimeS', 'freeVariables', 'flashFreeKB', 'reconnects', 'restarts'] as const;
const WORDS = [
  ...(['version', 'clientId', 'ip', 'lastReconnectReason', 'lastRestartReason'] as const),
  ...(['serial', 'slot', 'update'] as const), // of boards that take updates
];

/** What a light tells on its info topic (src/info.ts), as far as it is needed here; absent fields were missing or of a wrong type. */
export type Info = { [Key in (typeof FIGURES)[number]]?: number } & { [Key in (typeof WORDS)[number]]?: string };

/** What was heard of one light. */
export interface Seen {
  name: string;
  /** The latest on its status topic. */
  status?: string | undefined;
  /** How often the status changed while we listened. */
  statusChanges: number;
  /** The first and the latest, oldest first. */
  infos: Info[];
  /** Whether the latest info was no JSON object. */
  isInfoBroken: boolean;
  /** Whether any of it was kept by the broker: then all that is retained has come. */
  isRetained: boolean;
}

/** Far more lights than one broker has; at about 10 kB each they fit the memory of any computer. */
export const MAX_LIGHTS = 5_000;

/** The firmware takes names of up to 32 bytes; a longer one is not of ours. */
export const MAX_NAME_CHARS = 64;
const MAX_WORD_CHARS = 64;

/** Enough to see two boards take turns on one name. */
const MAX_INFOS = 12;

/** A word from the wire, as much of it as is kept. */
export const wordOf = (text: string): string => text.slice(0, MAX_WORD_CHARS);

/** The light and the leaf that a topic is of; empty when it is of neither of the three. */
export function reportOf(topic: string): { name?: string; leaf?: string } {
  return /^light\/(?<name>[^/]+)\/(?<leaf>status|state|info)$/.exec(topic)?.groups ?? {};
}

/** Reads an info message; undefined when it is no JSON object. */
export function readInfo(payload: string): Info | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(payload);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) return undefined;
  const told = parsed as Record<string, unknown>;
  const info: Info = {};
  for (const key of FIGURES) if (Number.isFinite(told[key])) info[key] = told[key] as number;
  for (const key of WORDS) if (typeof told[key] === 'string') info[key] = wordOf(told[key]);
  return info;
}

function noteStatus(light: Seen, payload: string): void {
  const status = wordOf(payload);
  if (light.status !== undefined && light.status !== status) light.statusChanges++;
  light.status = status;
}

function noteInfo(light: Seen, payload: string): void {
  const info = readInfo(payload);
  light.isInfoBroken = !info;
  if (info) light.infos.push(info);
  if (light.infos.length > MAX_INFOS) light.infos.splice(1, 1);
}

/** Creates an empty record of lights. */
export function createRecord() {
  const lights = new Map<string, Seen>();
  let ignored = 0;

  function lightCalled(name: string): Seen | undefined {
    const known = lights.get(name);
    if (known) return known;
    if (lights.size >= MAX_LIGHTS || name.length > MAX_NAME_CHARS) return undefined;
    const light = { name, statusChanges: 0, infos: [], isInfoBroken: false, isRetained: false };
    lights.set(name, light);
    return light;
  }

  return {
    lights: (): Seen[] => [...lights.values()],
    /** Messages that were too large, or of too many lights. */
    ignored: () => ignored,
    ignore: () => void ignored++,
    /** Takes a message; an empty one removes what was retained, and tells nothing. */
    take({ topic, payload, retain }: Message): void {
      const { name, leaf } = reportOf(topic);
      if (name === undefined || payload === '') return;
      const light = lightCalled(name);
      if (!light) return void ignored++;
      light.isRetained ||= retain;
      if (leaf === 'status') noteStatus(light, payload);
      if (leaf === 'info') noteInfo(light, payload);
    },
  };
}

/** A record of lights. */
export type SeenRecord = ReturnType<typeof createRecord>;
