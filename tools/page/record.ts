// What has been heard of each light, and when. Whatever comes over the wire, it stays small and never throws.

import { FULL, type HistoryPoint, type Light } from '../../page/protocol.ts';
import type { Message } from '../broker.ts';
import type { Seen } from '../doctor/seen.ts';
import { MAX_LIGHTS, MAX_NAME_CHARS, readInfo, reportOf, wordOf, type Info } from '../info.ts';

/** Ten hours of reports every five minutes. */
const MAX_POINTS = 120;
/** What the doctor is shown: changes of the last minutes are trouble of now. */
const WATCH_MS = 15 * 60_000;
/** Enough to see two boards take turns on one name. */
const MAX_CHANGES = 12;

/** A light, as it was heard. */
interface Known {
  name: string;
  status: string | undefined;
  /** When its status changed, in ms; the last few. */
  changesMs: number[];
  state: { isOn: boolean; level: number | undefined } | undefined;
  /** The last ones, oldest first. */
  infos: { atMs: number; info: Info }[];
  infoCount: number;
  infoMs: number | undefined;
  isInfoBroken: boolean;
  isRetained: boolean;
  seenMs: number | undefined;
}

/** Reads a state; undefined when it is none. */
function readState(payload: string): Known['state'] {
  try {
    const { state, brightness } = Object(JSON.parse(payload)) as Record<string, unknown>;
    if (state !== 'ON' && state !== 'OFF') return undefined;
    const isLevel = Number.isInteger(brightness) && (brightness as number) > 0 && (brightness as number) <= FULL;
    return { isOn: state === 'ON', level: isLevel ? (brightness as number) : undefined };
  } catch {
    return undefined;
  }
}

/** An offline light may be dead; a light without a status is alive when it speaks. */
function statusOf({ status, seenMs }: Known): Light['status'] {
  if (status === 'offline') return 'offline';
  return status === 'online' || seenMs !== undefined ? 'online' : 'unknown';
}

function noteStatus(light: Known, payload: string, atMs: number): void {
  const status = wordOf(payload);
  const isChange = light.status !== undefined && light.status !== status;
  if (isChange) light.changesMs = [...light.changesMs, atMs].slice(-MAX_CHANGES);
  light.status = status;
}

function noteInfo(light: Known, { payload, retain }: Message, atMs: number): void {
  const info = readInfo(payload);
  light.isInfoBroken = !info;
  if (!info) return;
  light.infoMs = retain ? undefined : atMs;
  light.infoCount += 1;
  light.infos.push({ atMs, info });
  if (light.infos.length > MAX_POINTS) light.infos.shift();
}

/** Creates an empty record. @param nowMs the clock */
export function createLightRecord(nowMs: () => number = Date.now) {
  const lights = new Map<string, Known>();

  function lightCalled(name: string): Known | undefined {
    const known = lights.get(name);
    if (known || lights.size >= MAX_LIGHTS || name.length > MAX_NAME_CHARS) return known;
    const light = {
      ...{ name, status: undefined, changesMs: [], state: undefined, infos: [], infoCount: 0 },
      ...{ infoMs: undefined, isInfoBroken: false, isRetained: false, seenMs: undefined },
    };
    lights.set(name, light);
    return light;
  }

  return {
    /**
     * Takes a message.
     * @returns the name of the light that it changes, if any
     */
    take(message: Message): string | undefined {
      const { topic, payload, retain } = message;
      const { name, leaf } = reportOf(topic);
      if (name === undefined || leaf === undefined) return undefined;
      if (payload === '') {
        if (leaf === 'status') lights.delete(name); // the last that is emptied of a light that is forgotten
        return name;
      }
      const light = lightCalled(name);
      if (!light) return undefined;
      const atMs = nowMs();
      light.isRetained ||= retain;
      if (!retain && payload !== 'offline') light.seenMs = atMs;
      if (leaf === 'status') noteStatus(light, payload, atMs);
      if (leaf === 'state') light.state = readState(payload) ?? light.state;
      if (leaf === 'info') noteInfo(light, message, atMs);
      return name;
    },
    names: (): string[] => [...lights.keys()],
    /** What pages show of a light; undefined when there is none of that name. */
    light(name: string): Omit<Light, 'findings'> | undefined {
      const known = lights.get(name);
      if (!known) return undefined;
      const { state, infos, infoCount, infoMs, seenMs } = known;
      return {
        ...{ name, status: statusOf(known), isOn: state?.isOn, level: state?.level },
        ...{ info: infos.at(-1)?.info ?? {}, infos: infoCount, infoMs, seenMs },
      };
    },
    history: (name: string): HistoryPoint[] =>
      (lights.get(name)?.infos ?? []).map(({ atMs, info: { rssi, freeVariables } }) => ({ atMs, rssi, freeVariables })),
    /** What the doctor judges: the last minutes, and the last info however old it is. */
    seen(): Seen[] {
      const sinceMs = nowMs() - WATCH_MS;
      return [...lights.values()].map(({ name, status, changesMs, infos, isInfoBroken, isRetained }) => ({
        ...{ name, status, isInfoBroken, isRetained },
        statusChanges: changesMs.filter((atMs) => atMs >= sinceMs).length,
        infos: infos.filter(({ atMs }, at) => atMs >= sinceMs || at === infos.length - 1).map(({ info }) => info),
      }));
    },
  };
}
