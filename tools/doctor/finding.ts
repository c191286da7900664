// A finding, and how it is printed.

import { printable } from '../printable.ts';

/** The kinds of findings, in the order in which they are printed for a light. Scripts may count on these words. */
export const KINDS = [
  'unheard',
  'stale',
  'offline',
  'unreadable',
  'no-info',
  'duplicate',
  'flapping',
  'rebooting',
  'weak-signal',
  'few-variables',
  'flash-full',
  'versions',
] as const;

/** Something an owner should know. */
export interface Finding {
  kind: (typeof KINDS)[number];
  /** The light's name, or `all lights`. */
  light: string;
  text: string;
}

const MAX_LISTED = 5;
const MAX_TEXT_CHARS = 500;

/** Joins the first few words. */
export const listed = (words: string[]): string => {
  const rest = words.length - MAX_LISTED;
  return words.slice(0, MAX_LISTED).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
};

/** A finding as one line, fit for a terminal: kind, name, words. */
export const lineOf = ({ kind, light, text }: Finding): string =>
  `${kind} ${printable(light)}: ${printable(text, MAX_TEXT_CHARS)}`;
