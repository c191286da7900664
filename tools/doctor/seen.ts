// What was heard of each light.

import type { Message } from '../broker.ts';
import { MAX_LIGHTS, MAX_NAME_CHARS, readInfo, reportOf, wordOf, type Info } from '../info.ts';

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

/** Enough to see two boards take turns on one name. */
const MAX_INFOS = 12;

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
