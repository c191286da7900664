// Which lights are shown, and in which order: pure functions of the lights and of what was chosen.

import type { Groups, Light } from '../protocol.ts';
import { COLUMNS, type Column } from './columns.tsx';

/** Which lights there are to choose from. */
export const FILTERS = {
  all: { title: 'All', test: () => true },
  on: { title: 'On', test: ({ status, isOn }: Light) => status === 'online' && isOn === true },
  off: { title: 'Off', test: ({ status, isOn }: Light) => status === 'online' && isOn === false },
  offline: { title: 'Offline', test: ({ status }: Light) => status === 'offline' },
  findings: { title: 'To look at', test: ({ findings }: Light) => findings.length > 0 },
} as const;

/** The key of a filter. */
export type Filter = keyof typeof FILTERS;

/** What was chosen. */
export interface Choice {
  filter: Filter;
  /** Part of a name, an address or a version. */
  words: string;
  group: string | undefined;
  sortBy: string;
  isDown: boolean;
}

/** What is chosen at first. */
export const FIRST_CHOICE: Choice = { filter: 'all', words: '', group: undefined, sortBy: 'name', isDown: false };

const collator = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** Unknown values come last, whichever way. */
function compare(a: ReturnType<Column['value']>, b: ReturnType<Column['value']>, isDown: boolean): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  const up = typeof a === 'number' && typeof b === 'number' ? a - b : collator.compare(String(a), String(b));
  return isDown ? -up : up;
}

/** The lights to show, in their order. */
export function shownLights(lights: Light[], groups: Groups, choice: Choice): Light[] {
  const { filter, group, sortBy, isDown } = choice;
  const words = choice.words.trim().toLowerCase();
  const members = group === undefined ? undefined : new Set(groups[group] ?? []);
  const { value } = COLUMNS.find(({ key }) => key === sortBy) ?? COLUMNS[0]!;
  const matches = ({ name, info }: Light): boolean =>
    [name, info.ip, info.version].some((text) => text?.toLowerCase().includes(words));
  return lights
    .filter((light) => FILTERS[filter].test(light) && (!members || members.has(light.name)) && matches(light))
    .sort((a, b) => compare(value(a), value(b), isDown) || collator.compare(a.name, b.name));
}
