// What a page may ask for, and how its words are read: whatever comes, an action gets arguments that are right, or a line says why not.

import type { Actions } from '../../page/protocol.ts';
import { MAX_LIGHTS, MAX_NAME_CHARS } from '../info.ts';

/** Arguments as they come over the wire. */
type Raw = Record<string, unknown>;

/** Does what was asked; its value goes back to the page, as does the message of what it throws. */
type Action = (args: Raw) => unknown;

/** Some or all of the actions. */
export type ActionTable = { [Name in keyof Actions]?: Action };

/** Reads names: of lights, or of a group. @throws Error in one line */
export function readNames(value: unknown): string[] {
  const isRight = Array.isArray(value) && value.length <= MAX_LIGHTS && value.every(isName);
  if (!isRight) throw new Error('not a list of names');
  return [...new Set(value as string[])];
}

/** A name of one level of a topic, without wildcards [MQTT-4.7.1]. */
function isName(value: unknown): boolean {
  return typeof value === 'string' && value.length <= MAX_NAME_CHARS && /^[^/+#\0]+$/.test(value);
}

/** @throws Error in one line */
export function readName(value: unknown): string {
  return readNames([value])[0]!;
}

/** @throws Error in one line */
export function readFlag(value: unknown, name: string): boolean {
  if (typeof value !== 'boolean') throw new Error(`${name} is neither true nor false`);
  return value;
}

/** @throws Error in one line */
export function readWhole(value: unknown, name: string, min: number, max: number): number {
  if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
    throw new Error(`${name} is not a whole number from ${min} to ${max}`);
  return value as number;
}
