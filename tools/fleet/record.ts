// Keeps what the lights tell: who is connected now, and what has happened in each act.

import type { LightEvent } from './lights.ts';

/** What has happened in one act; times are seconds since it began. */
export interface ActRecord {
  name: string;
  startMs: number;
  /** Lights connected when it began. */
  connectedAtStart: number;
  events: LightEvent[];
  /** What was done to the brokers. */
  marks: Mark[];
  /** The brightness that all lights were told at QoS 1, and when the broker had taken it. */
  command?: { level: number; atS: number };
  /** How long it lasted. */
  lastedS: number;
}

/** A node that went or came; without a node: the lights' power. */
export interface Mark {
  atS: number;
  what: 'down' | 'up';
  node?: number;
}

/** Creates an empty record. */
export function createRecord(now: () => number = Date.now) {
  const connected = new Set<number>();
  const acts: ActRecord[] = [];
  /** Lights that have lost their session in this act, and those that have obeyed its command. */
  const lost = new Set<number>();
  const obeyed = new Set<number>();
  let attempts = 0;
  let renewed = 0;

  function take(event: LightEvent): void {
    const [, light, what, detail] = event;
    const act = acts.at(-1);
    if (what === 'connected') connected.add(light);
    if (what === 'lost' && connected.delete(light)) lost.add(light);
    if (what === 'attempt') attempts += 1;
    if (what === 'renewed') renewed += 1;
    if (what === 'obeyed' && detail === act?.command?.level) obeyed.add(light);
    act?.events.push(event);
  }

  function begin(name: string): ActRecord {
    const act = { name, startMs: now(), connectedAtStart: connected.size, events: [], marks: [], lastedS: 0 };
    acts.push(act);
    lost.clear();
    obeyed.clear();
    attempts = 0;
    return act;
  }

  return {
    ...{ take, begin, acts, now },
    connected: (): number => connected.size,
    /** Lights that have lost their session since the act began, back or not. */
    lost: (): number => lost.size,
    obeyed: (): number => obeyed.size,
    attempts: (): number => attempts,
    /** Client identifiers that a light has made anew. */
    renewed: (): number => renewed,
  };
}

/** The record of a run. */
export type FleetRecord = ReturnType<typeof createRecord>;
