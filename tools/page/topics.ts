// The topics that the page reads and writes.

import { announcementOf } from '../homeAssistant.ts';
import { LEAVES } from '../info.ts';

/** What lights report. */
export const REPORTS = LEAVES.map((leaf) => `light/+/${leaf}`);

/** Any message here makes each light report again (docs/commands.md). */
export const CALL = 'light/call';

/** The groups, retained: every page of the same broker has the same. */
export const GROUPS = 'light/groups';

/** All that the broker may keep of a light; the status last. */
export const keptOf = (name: string): string[] => [
  announcementOf(Buffer.from(name).toString('latin1')),
  ...['state', 'info', 'firmware', 'status'].map((leaf) => `light/${name}/${leaf}`),
];
