// What must hold in each act, and whether it did.

import type { ActFigures } from './figures.ts';

/** One promise and what came of it. */
export interface Verdict {
  act: string;
  holds: boolean;
  /** In one line, with the figures. */
  text: string;
}

/** The longest window of the back-off. */
const LONGEST_WINDOW_S = 60;

/** Windows until the last is back: one, and another for an attempt that failed. In the dark some have left Wi-Fi to join it anew. */
const WINDOWS = 2;
const WINDOWS_IN_THE_DARK = 3;

/** A second so full comes by chance once in a million. */
const RARE = 1e-6;

/** The count that a second with this mean exceeds only rarely (Poisson). */
export function mostByChance(mean: number): number {
  let probability = Math.exp(-mean);
  let sum = probability;
  let count = 0;
  while (sum < 1 - RARE && count < 10 * mean + 50) {
    count += 1;
    probability *= mean / count;
    sum += probability;
  }
  return count;
}

/** The window over which the lights of an act come back, in seconds. In the dark each has its own by then: what it took tells. */
function windowOf({ name, backS }: ActFigures, spreadS: number): number {
  return name === 'dark' ? Math.min(Math.max(LONGEST_WINDOW_S, spreadS), backS[100] ?? Infinity) : spreadS;
}

/** How long a light may take: 120 s after a node's death, unless the owner has set a longer spread. */
const limitOf = (name: string, spreadS: number): number =>
  (name === 'dark' ? WINDOWS_IN_THE_DARK : WINDOWS) * Math.max(LONGEST_WINDOW_S, spreadS);

function judgeLump(figures: ActFigures, spreadS: number): Verdict {
  const windowS = windowOf(figures, spreadS);
  const mean = figures.largestLoss / windowS;
  const most = Math.max(Math.ceil(2 * mean), mostByChance(mean));
  const text = `at most ${figures.largestLump} connects in a second; twice the mean of ${figures.largestLoss} over ${windowS} s`;
  return { act: figures.name, holds: figures.largestLump <= most, text: `${text}, or chance, would be ${most}` };
}

function judgeReturn({ name, backS, losses }: ActFigures, spreadS: number): Verdict {
  const limitS = limitOf(name, spreadS);
  const times = ([50, 95, 100] as const).map((share) => `${share} % after ${backS[share] ?? '∞'} s`).join(', ');
  return {
    act: name,
    holds: losses > 0 && backS[100] !== null && backS[100] <= limitS,
    text: `back: ${times}; ${limitS} s are allowed`,
  };
}

function judgeCommand({ name, command }: ActFigures, nodes: number): Verdict {
  const obeyed = command?.obeyed ?? 0;
  return { act: name, holds: obeyed === nodes, text: `${obeyed} of ${nodes} lights have obeyed the command at QoS 1` };
}

function judgeWait({ name, longestWaitS }: ActFigures, spreadS: number): Verdict {
  const limitS = limitOf(name, spreadS);
  return {
    act: name,
    holds: longestWaitS <= limitS,
    text: `a light left its own broker alone for at most ${longestWaitS} s while it was up; ${limitS} s are allowed`,
  };
}

/** Judges one act. @param nodes lights of the fleet */
export const judgeAct = (figures: ActFigures, { nodes, spreadS }: { nodes: number; spreadS: number }): Verdict[] => [
  judgeReturn(figures, spreadS),
  judgeLump(figures, spreadS),
  judgeCommand(figures, nodes),
  judgeWait(figures, spreadS),
];

/** Judges the identifiers. */
export const judgeIdentifiers = (renewed: number): Verdict => ({
  act: 'all',
  holds: renewed === 0,
  text: renewed === 0 ? 'no light has renewed its identifier' : `${renewed} identifiers were renewed`,
});
