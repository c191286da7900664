// Settings as a tree: one setting by the path of its key, such as `wifi.ssid`. For tools and browsers.

import type { Settings } from './schema.ts';

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
