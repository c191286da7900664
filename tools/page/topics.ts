// The topics that the page reads and writes.

import { LEAVES } from '../doctor/collect.ts';

/** What lights report. */
export const REPORTS = LEAVES.map((leaf) => `light/+/${leaf}`);

/** Any message here makes each light report again (docs/commands.md). */
export const CALL = 'light/call';

/** The groups, retained: every page of the same broker has the same. */
export const GROUPS = 'light/groups';

/** Where a light may have announced itself to Home Assistant (src/homeAssistant.ts). */
export function announcementOf(name: string): string {
  const id = [...Buffer.from(name)].map((byte) => {
    const char = String.fromCharCode(byte);
    return /[a-zA-Z0-9-]/.test(char) ? char : `_${byte}`;
  });
  return `homeassistant/device/${id.join('')}/config`;
}

/** All that the broker may keep of a light; the status last. */
export const keptOf = (name: string): string[] => [
  announcementOf(name),
  ...['state', 'info', 'firmware', 'status'].map((leaf) => `light/${name}/${leaf}`),
];
