// Settings as a tree: one setting by the path of its key, such as `wifi.ssid`, and its value as people type it. For tools and browsers.

import type { Setting, Settings } from './schema.ts';

/** Any object with keys. */
export type Tree = Record<string, unknown>;

/** Whether a value has keys: no list, no null. */
export const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Reads one setting by its key; undefined when it is not set. */
export function settingAt(settings: Settings, key: string): unknown {
  return key.split('.').reduce<unknown>((value, part) => (isTree(value) ? value[part] : undefined), settings);
}

/** Copies settings, with one replaced. */
export function withSetting(settings: Settings, key: string, value: unknown): Settings {
  const [head = '', ...rest] = key.split('.');
  const old = (settings as Tree)[head];
  const next = rest.length > 0 ? withSetting(isTree(old) ? old : {}, rest.join('.'), value) : value;
  return { ...settings, [head]: next };
}

/** Reads a value as it was typed, once or, for a list, several times; unchecked. The last one counts where there is no list. */
export function valueOf({ key, kind }: Setting, given: (string | boolean)[]): unknown {
  const last = given[given.length - 1];
  if (kind === 'number') return /^\d+$/.test(String(last)) ? Number(last) : String(last);
  if (kind === 'texts') return given.length === 1 ? last : given;
  return key === 'button' && last === 'none' ? null : last;
}
