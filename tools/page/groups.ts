// Groups of lights, kept by the broker in one retained message.

import type { Groups } from '../../page/protocol.ts';
import { readName, readNames } from './actions.ts';

/** Larger messages are not read (tools/packetFilter.ts). */
const MAX_BYTES = 16_000;

/** Reads the groups as they come from the broker; what is none is left out. */
export function readGroups(payload: string): Groups {
  try {
    const entries = Object.entries(Object(JSON.parse(payload || '{}')) as Record<string, unknown>);
    return Object.fromEntries(entries.flatMap(readGroup));
  } catch {
    return {};
  }
}

/** Reads one group; gives nothing when it is none. */
function readGroup([name, lights]: [string, unknown]): [name: string, lights: string[]][] {
  try {
    return [[readName(name), readNames(lights)]];
  } catch {
    return [];
  }
}

/**
 * Changes a group.
 * @param lights none removes it
 * @returns the message to publish
 * @throws Error in one line
 */
export function withGroup(groups: Groups, name: string, lights: string[]): string {
  const entries = Object.entries(groups).filter(([other]) => other !== name);
  const next = lights.length > 0 ? [...entries, [name, [...lights].sort()] as const] : entries;
  const payload = next.length > 0 ? JSON.stringify(Object.fromEntries(next)) : '';
  if (Buffer.byteLength(payload) > MAX_BYTES) throw new Error('the groups are too large for one message: make fewer');
  return payload;
}
