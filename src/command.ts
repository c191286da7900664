// Commands: the plain words of the original program, and JSON. Pure.
import type { Bytes } from './ports.ts';

/** What a command asks for; what it does not mention stays as it is. (No key `on`: every object has one on the chip.) */
export interface Command {
  state?: 'ON' | 'OFF' | 'TOGGLE' | undefined;
  /** 0-255; 0 is off. */
  brightness?: number | undefined;
  /** Seconds, 0-3600. */
  transition?: number | undefined;
  effect?: 'blink' | undefined;
}

const enum Range {
  /** JSON of 1 KB may be the beginning of more. */
  JSON_CHARS = 1023,
  BRIGHTNESS = 255,
  TRANSITION_S = 3600,
}

const enum Json {
  /** Outside of strings, without lists: structure, numbers, and the letters of true, false and null. */
  CHARS = '{}:,+-.0123456789Eeaflnrstu \t\r\n',
}

/** True for undefined, and for a number in range; NaN, which the chip reads from a lone `-`, is in none. */
function fits(value: unknown, max: number): boolean {
  return value === undefined || (typeof value === 'number' && value >= 0 && value <= max);
}

/**
 * JSON.parse of the chip takes hexadecimal, single quotes, comments and more, which cannot be written with JSON's own chars,
 * and trailing garbage unless it is in a list. A backslash, which no command needs, could hide the end of a string.
 */
function parseStrictly(json: string): unknown {
  const outside = json.split('"').filter(function (_part, index) {
    return !(index & 1); // not in a string
  });
  const isPlain = outside
    .join('')
    .split('')
    .every(function (char) {
      return Json.CHARS.indexOf(char) >= 0;
    });
  try {
    const list = isPlain && json.indexOf('\\') < 0 ? (JSON.parse('[' + json + ']') as unknown[]) : [];
    return list.length === 1 ? list[0] : undefined;
  } catch {
    return undefined;
  }
}

function parseJson(json: string): Command | undefined {
  if (json.length > Range.JSON_CHARS) return undefined;
  const given = parseStrictly(json.trim()) as Command | undefined;
  if (!given || !fits(given.brightness, Range.BRIGHTNESS) || !fits(given.transition, Range.TRANSITION_S))
    return undefined;
  const state = typeof given.state === 'string' ? given.state.toUpperCase() : given.state;
  if (state !== undefined && ['ON', 'OFF', 'TOGGLE'].indexOf(state) < 0) return undefined;
  given.state = state as Command['state'];
  if (given.effect !== undefined && given.effect !== 'blink') return undefined;
  return state || given.effect || given.brightness !== undefined ? given : undefined;
}

/**
 * Reads a command's payload: `on` turns on, `toggle` toggles, in any case, `{...}` is JSON, anything else turns off.
 * @returns undefined for JSON that is malformed, out of range, or asks for nothing
 */
export function parseCommand(payload: Bytes): Command | undefined {
  if (payload[0] === '{') return parseJson(payload);
  const word = payload.toUpperCase();
  return { state: word === 'ON' || word === 'TOGGLE' ? word : 'OFF' };
}
