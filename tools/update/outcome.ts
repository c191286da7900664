// What a board's own words say about an update: a pure function of what was heard.

import { printable } from '../printable.ts';
import { failure, type Failure } from './exits.ts';
import type { Light } from './lights.ts';

/** Words may be of any length. */
const MAX_WHY_CHARS = 120;

/** A board says so of a message that comes again, too: after a restart the broker sends what was not acknowledged. */
export const OLD_COUNTER = 'old counter';

/** What to do about a refusal, by how it begins (src/update/). */
const ADVICE: [why: string, advice: string][] = [
  ['wrong tag', 'it was flashed with another master key: name that with --master-key, or flash it by USB'],
  [OLD_COUNTER, 'it has obeyed a later message: is the clock of this computer right?'],
];

/** What was known of a light before it was asked for something. */
export interface Before {
  infos: number;
  restarts: number;
}

export const before = ({ infos, info }: Light): Before => ({ infos, restarts: info?.restarts ?? 0 });

/** What a light has said since, about a trial. */
export type Word = 'trial' | 'kept' | 'rolled back' | { refused: string };

/** No trial lasts longer: the loader ends it after 600 s. */
const LONGEST_TRIAL_S = 660;

/** Whether what a light runs may be on trial; a refusal of something else hides the word. */
export function mayBeOnTrial({ info }: Light): boolean {
  const { update = '', uptimeS = 0 } = info ?? {};
  return update === 'trial' || (update.startsWith('refused') && uptimeS < LONGEST_TRIAL_S);
}

/** Reads the latest word of a light since then; undefined for none. */
export function wordSince({ infos, info }: Light, then: Before): Word | undefined {
  if (infos <= then.infos || info?.update === undefined) return undefined;
  const [, refused] = /^refused: (.*)$/.exec(info.update) ?? [];
  if (refused === OLD_COUNTER) return undefined;
  if (refused !== undefined) return { refused };
  if (info.update === 'trial') return 'trial';
  const hasRestarted = (info.restarts ?? Infinity) > then.restarts; // else it is a word about an earlier trial
  if (hasRestarted && (info.update === 'kept' || info.update === 'rolled back')) return info.update;
  return undefined;
}

/** The failure for a refusal. */
export function refusal(why: string): Failure {
  const said = printable(why, MAX_WHY_CHARS);
  const [, advice] = ADVICE.find(([begin]) => why.startsWith(begin)) ?? [];
  return failure('declined', `refused, nothing has changed: ${advice ? `${said} (${advice})` : said}`);
}
