// What the lights tell of themselves while they are updated, and waiting for it.

import type { Message } from '../broker.ts';
import { MAX_LIGHTS, readInfo, type Info } from '../info.ts';

/** The state of an update, as Home Assistant reads it too. */
interface FirmwareState {
  latest: string;
  isInProgress: boolean;
  percent: number;
}

/** What was heard of a light. */
export interface Light {
  name: string;
  isOnline: boolean | undefined;
  info: Info | undefined;
  /** How many infos have come; one that was kept and comes again tells nothing new. */
  infos: number;
  firmware: FirmwareState | undefined;
}

/** The topics, behind `light/<name>/`. */
export const LEAVES = ['status', 'info', 'firmware'];

function readFirmware(payload: string): FirmwareState | undefined {
  try {
    const told = JSON.parse(payload) as Record<string, unknown>;
    return {
      latest: String(told.latest_version),
      isInProgress: told.in_progress === true,
      percent: Number(told.update_percentage ?? 0) || 0,
    };
  } catch {
    return undefined;
  }
}

/** Creates an empty record of lights. */
export function createLights() {
  const lights = new Map<string, Light>();
  const latest = new Map<string, string>();
  const watchers = new Set<() => void>();

  function light(name: string): Light {
    const known = lights.get(name);
    if (known) return known;
    const made: Light = { name, isOnline: undefined, info: undefined, infos: 0, firmware: undefined };
    if (lights.size < MAX_LIGHTS) lights.set(name, made);
    return made;
  }

  function note(told: Light, leaf: string, payload: string): void {
    if (leaf === 'status') told.isOnline = payload === 'online';
    else if (leaf === 'firmware') told.firmware = readFirmware(payload);
    else {
      told.info = readInfo(payload);
      told.infos += 1;
    }
  }

  /** Asks those who wait. */
  function look(): void {
    for (const watcher of [...watchers]) watcher();
  }

  return {
    /** Those that were heard, by name. */
    heard: (): Light[] => [...lights.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    light,
    take({ topic, payload, retain }: Message): void {
      const [, name, leaf] = /^light\/([^/]+)\/(status|info|firmware)$/.exec(topic) ?? [];
      if (name === undefined || leaf === undefined || payload === '') return;
      if (retain && latest.get(topic) === payload) return;
      const told = light(name);
      if (!lights.has(name)) return;
      latest.set(topic, payload);
      note(told, leaf, payload);
      look();
    },
    look,
    /**
     * Waits until `find` finds something, asked at each message and by `look`.
     * @returns undefined when the time is over
     * @throws the signal's reason
     */
    wait<T>(find: () => T | undefined, limitMs: number, signal: AbortSignal): Promise<T | undefined> {
      return new Promise((resolve, reject) => {
        const end = (settle: () => void): void => {
          watchers.delete(watcher);
          clearTimeout(timer);
          signal.removeEventListener('abort', stop);
          settle();
        };
        const watcher = (): void => {
          const found = find();
          if (found !== undefined) end(() => resolve(found));
        };
        const stop = (): void => end(() => reject(signal.reason as Error));
        const timer = setTimeout(() => end(() => resolve(undefined)), limitMs);
        watchers.add(watcher);
        signal.addEventListener('abort', stop);
        if (signal.aborted) stop();
        else watcher();
      });
    },
  };
}

/** A record of lights. */
export type Lights = ReturnType<typeof createLights>;
