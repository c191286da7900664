// From what has happened to figures: curves by the second, the largest lump, and how long each light was away.

import type { LightEvent } from './lights.ts';
import type { ActRecord, Mark } from './record.ts';

/** The figures of one act. */
export interface ActFigures {
  name: string;
  /** How often a light has lost its session, and how many did by one loss of a node or of the power. */
  losses: number;
  largestLoss: number;
  /** Lights connected, and connects that a node has answered, by the second from the start of the act. */
  connected: number[];
  attempts: number[];
  /** The most of these in any second. */
  largestLump: number;
  /** Seconds until so many percent of the lost were back, from the loss, or from when power or the whole cluster was; null for never. */
  backS: { 50: number | null; 95: number | null; 100: number | null };
  /** The longest that a light neither tried its own broker nor was connected, while that broker was up. */
  longestWaitS: number;
  command: { level: number; atS: number; obeyed: number } | null;
  /** Lights at each broker at the end. */
  lightsAt: number[];
  marks: Mark[];
  lastedS: number;
}

/** A light without a session. */
interface Outage {
  light: number;
  lostS: number;
  backS: number;
  /** When it tried which broker. */
  tries: { atS: number; broker: number }[];
}

/** Rounds for people. */
export const tenths = (value: number): number => Math.round(value * 10) / 10;

/** Finds every outage; a light without a session from the start on has one too. */
function outagesOf(act: ActRecord): Outage[] {
  const open = new Map<number, Outage>();
  const all: Outage[] = [];
  const at = (light: number, atS: number): Outage => {
    const outage = open.get(light) ?? { light, lostS: atS, backS: Infinity, tries: [] };
    if (!open.has(light)) all.push(outage);
    open.set(light, outage);
    return outage;
  };
  for (const [atMs, light, what, broker] of act.events) {
    const atS = (atMs - act.startMs) / 1000;
    if (what === 'lost') at(light, atS);
    else if (what === 'attempt' || what === 'refused') at(light, atS).tries.push({ atS, broker });
    else if (what === 'connected') {
      at(light, atS).backS = atS;
      open.delete(light);
    }
  }
  return all;
}

/** How many happened in each second. */
function bySecond(events: LightEvent[], { startMs, lastedS }: ActRecord): number[] {
  const counts = Array.from({ length: Math.ceil(lastedS) + 1 }, () => 0);
  for (const [atMs] of events) {
    const second = Math.floor((atMs - startMs) / 1000);
    if (second >= 0 && second < counts.length) counts[second]! += 1;
  }
  return counts;
}

/** When everything was down and has come back: before that nobody can connect. */
function allBackS({ marks }: ActRecord, nodes: number): number {
  const ups = marks.filter(({ what }) => what === 'up');
  const isAll = ups.some(({ node }) => node === undefined) || isDark(marks, nodes);
  return isAll ? Math.min(...ups.map(({ atS }) => atS)) : 0;
}

/** Whether all nodes were down at once. */
function isDark(marks: Mark[], nodes: number): boolean {
  const firstUp = marks.findIndex(({ what }) => what === 'up');
  return (
    nodes > 0 && marks.slice(0, firstUp < 0 ? undefined : firstUp).length === nodes && marks[0]?.node !== undefined
  );
}

function percentile(sorted: number[], percent: number): number | null {
  const value = sorted[Math.ceil((sorted.length * percent) / 100) - 1];
  return value === undefined || value === Infinity ? null : tenths(value);
}

/** The most outages that began between one loss and the next. */
function largestLossOf(outages: Outage[], marks: Mark[]): number {
  const downs = marks.filter(({ what }) => what === 'down').map(({ atS }) => atS);
  const groups = new Map<number, number>();
  for (const { lostS } of outages) {
    const cause = downs.filter((atS) => atS <= lostS + 1).length;
    groups.set(cause, (groups.get(cause) ?? 0) + 1);
  }
  return Math.max(0, ...groups.values());
}

/** How long the light of an outage left its own broker alone while that was up. */
function waitOf({ light, lostS, backS, tries }: Outage, marks: Mark[], nodes: number): number {
  const own = light % nodes;
  const ups = marks.filter(({ what, node }) => what === 'up' && (node === own || node === undefined));
  const downs = marks.filter(({ what, node }) => what === 'down' && (node === own || node === undefined));
  const isDown = downs.some(({ atS }) => atS <= lostS + 1);
  const upS = isDown ? ups.find(({ atS }) => atS > downs.findLast((down) => down.atS <= lostS + 1)!.atS)?.atS : lostS;
  if (upS === undefined || upS >= backS) return 0;
  const fromS = Math.max(lostS, upS);
  const next = tries.find(({ atS, broker }) => atS >= fromS && broker === own)?.atS ?? Infinity;
  return Math.min(next, backS) - fromS;
}

/** Counts what has happened in an act. */
export function figuresOf(act: ActRecord, nodes: number): ActFigures {
  const { events, marks, command } = act;
  const only = (what: string): LightEvent[] => events.filter((event) => event[2] === what);
  const outages = outagesOf(act);
  const baseS = allBackS(act, nodes);
  const durations = outages.map(({ lostS, backS }) => backS - Math.max(lostS, baseS)).sort((a, b) => a - b);
  const [came, went] = [bySecond(only('connected'), act), bySecond(only('lost'), act)];
  let now = act.connectedAtStart;
  const at = new Map(only('connected').map(([, light, , broker]) => [light, broker]));
  const obeyed = new Set(only('obeyed').flatMap(([, light, , level]) => (level === command?.level ? [light] : [])));
  const attempts = bySecond(only('attempt'), act);
  return {
    name: act.name,
    losses: outages.length,
    largestLoss: largestLossOf(outages, marks),
    connected: came.map((count, second) => (now += count - went[second]!)),
    attempts,
    largestLump: Math.max(0, ...attempts),
    backS: { 50: percentile(durations, 50), 95: percentile(durations, 95), 100: percentile(durations, 100) },
    longestWaitS: tenths(Math.max(0, ...outages.map((outage) => waitOf(outage, marks, nodes)))),
    command: command ? { level: command.level, atS: tenths(command.atS), obeyed: obeyed.size } : null,
    lightsAt: Array.from({ length: nodes }, (_, node) => [...at.values()].filter((each) => each === node).length),
    marks: marks.map((mark) => ({ ...mark, atS: tenths(mark.atS) })),
    lastedS: tenths(act.lastedS),
  };
}
