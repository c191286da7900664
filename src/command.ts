// JSON commands, read strictly. Pure.
import { FULL } from './led.ts';
import type { Bytes } from './board.ts';

/** What a command asks for; what it does not mention stays as it is. (No key `on`: every object has one on the chip.) */
export interface Command {
  state?: 'ON' | 'OFF' | 'TOGGLE' | undefined;
  /** 0-255; 0 is off. */
  brightness?: number | undefined;
  /** Seconds, 0-3600. */
  transition?: number | undefined;
  effect?: 'blink' | undefined;
}

/** JSON of 1 KB may be the beginning of more. */
const JSON_CHARS = 1023;

/**
 * Opening brackets: the chip reads each level on its stack of 25 kB and does not check it. A thousand crash the chip, and a message
 * at QoS 1 comes again after the restart.
 */
const MOST_BRACKETS = 12;

const LONGEST_TRANSITION_S = 3600;

/** What JSON has outside of strings, without lists: structure, numbers, and the letters of true, false and null. */
const PLAIN_CHARS = '{}:,+-.0123456789Eeaflnrstu \t\r\n';

/** True for undefined, and for a number in range; NaN, which the chip reads from a lone `-`, is in none. */
function fits(value: unknown, max: number): boolean {
  return value === undefined || (typeof value === 'number' && value >= 0 && value <= max);
}

/**
 * JSON.parse of the chip takes hexadecimal, single quotes, comments and more, which cannot be written with JSON's own chars,
 * and trailing garbage unless it is in a list. A backslash, which no command needs, could hide the end of a string.
 */
function isPlain(json: string): boolean {
  const outside = json.split('"').filter(function (_part, index) {
    return !(index & 1); // not in a string
  });
  return (
    json.indexOf('\\') < 0 &&
    outside
      .join('')
      .split('')
      .every(function (char) {
        return PLAIN_CHARS.indexOf(char) >= 0;
      })
  );
}

/**
 * Reads a JSON command.
 * @returns undefined for one that is malformed, out of range, or asks for nothing
 */
export function parseJson(payload: Bytes): Command | undefined {
  const json = payload.trim();
  const isFlat = json.indexOf('[') + json.indexOf('{', 1) < -1; // most are: to count costs time
  if (payload.length > JSON_CHARS || (!isFlat && json.split('[').length + json.split('{').length > MOST_BRACKETS)) {
    return undefined;
  }
  let list: unknown[] = [];
  try {
    list = (JSON.parse('[' + json + ']') || []) as unknown[]; // the chip gives undefined for some of what is broken
  } catch {
    // it is no command
  }
  const given = list[0] as Command | undefined;
  if (!given || list.length > 1 || !fits(given.brightness, FULL) || !fits(given.transition, LONGEST_TRANSITION_S)) {
    return undefined;
  }
  // what looks as the chip itself would write it is JSON; everything else is looked at char by char
  if (JSON.stringify(given) !== json && !isPlain(json)) return undefined;
  const state = typeof given.state === 'string' ? given.state.toUpperCase() : given.state;
  if (state !== undefined && ['ON', 'OFF', 'TOGGLE'].indexOf(state) < 0) return undefined;
  if (given.effect !== undefined && given.effect !== 'blink') return undefined;
  given.state = state as Command['state'];
  return state || given.effect || given.brightness !== undefined ? given : undefined;
}
