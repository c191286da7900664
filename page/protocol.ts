// What server and browser say to each other: documents that the server keeps up to date, and actions that the browser asks for.

import type { Settings } from '../settings/schema.ts';
import type { Finding } from '../tools/doctor/finding.ts';
import type { Info } from '../tools/info.ts';

/** Close codes of the live link that no second attempt mends. */
export const CLOSE = { tooMany: 4013 } as const;

/** Lights fade and blink at most for this long before what they report is final. */
export const ANSWER_MS = 5_000;

/** Full brightness. */
export const FULL = 255;

/** What is known of a real light: it has reported all of it itself. */
export interface Light {
  name: string;
  /** `unknown` on a broker that keeps nothing for wildcards, until the light speaks. */
  status: 'online' | 'offline' | 'unknown';
  /** Undefined until it has reported its state. */
  isOn: boolean | undefined;
  /** 1-255; undefined for a relay. */
  level: number | undefined;
  info: Info;
  /** How many info messages have come: history is worth asking for again when it grows. */
  infos: number;
  /** When the info was told, in ms of the server's clock; undefined for what the broker had kept. */
  infoMs: number | undefined;
  /** When it last spoke, in ms of the server's clock; undefined for what the broker had kept. */
  seenMs: number | undefined;
  findings: Pick<Finding, 'kind' | 'text'>[];
}

/** A point of a light's history. */
export interface HistoryPoint {
  /** ms of the server's clock */
  atMs: number;
  rssi: number | undefined;
  freeVariables: number | undefined;
}

/** The link between server and broker. */
export interface BrokerLink {
  isConnected: boolean;
  /** Why it is not. */
  reason: string;
}

/** What the page shows. */
export interface Place {
  kind: 'lights' | 'table';
  /** host:port */
  broker: string;
}

/** Names of lights by the name of their group; kept by the broker. */
export type Groups = Record<string, string[]>;

/** A virtual board on the table. */
export interface Board {
  number: number;
  name: string;
  isPowered: boolean;
  isJoined: boolean;
  /** The identifier of its session; undefined without one. */
  clientId: string | undefined;
  /** Whose program it runs: the light of this project, or that of the story. */
  program: 'light' | 'story';
  /** How often its session was ended since it was flashed. */
  drops: number;
}

/** The world around the virtual boards. */
export interface World {
  isBrokerUp: boolean;
  isWifiUp: boolean;
  isFlooding: boolean;
  /** Whose log is shown: our broker's. */
  hasLog: boolean;
  story: 'untold' | 'shared' | 'healed';
  /** To try in a terminal. */
  command: string;
  /** Where the slider sends its commands. */
  topic: string;
}

/** What `update` would send to lights, or why it cannot. */
export type Program = { version: string } | { problem: string };

/** An update or new settings on their way to lights, as far as the lights have reported it. */
export interface RollOut {
  title: string;
  isRunning: boolean;
  lights: {
    name: string;
    stage: 'waiting' | 'running' | 'done' | 'failed';
    /** The step, and how it ended. */
    words: string;
    /** Of the running step. */
    percent?: number;
  }[];
  /** What is said of all of them. */
  lines: string[];
}

/** The documents by key; `*` stands for a name or a number. */
export interface Documents {
  place: Place;
  broker: BrokerLink;
  groups: Groups;
  /** What the doctor says of all lights together. */
  fleet: Pick<Finding, 'kind' | 'text'>[];
  program: Program;
  rollOut: RollOut;
  world: World;
  log: string[];
  'light/*': Light;
  'board/*': Board;
  /** What the eye sees of a lamp, 0-1. */
  'lamp/*': number;
  'console/*': string[];
}

/** A document by its key, such as `place` or `light/desk`. */
export type DocumentOf<K extends string> = K extends keyof Documents
  ? Documents[K]
  : K extends `${infer Kind}/${string}`
    ? Documents[`${Kind}/*` & keyof Documents]
    : never;

/** What is asked of lights; the same as their JSON command. */
export interface Command {
  state?: 'ON' | 'OFF';
  /** 1-255 */
  brightness?: number;
}

/** What the browser may ask for. Each is answered when it is done: for lights, when they have reported it. */
export interface Actions {
  set: { lights: string[]; command: Command };
  identify: { lights: string[] };
  /** Empties the retained topics of lights that are not online. */
  forget: { lights: string[] };
  /** Makes each light report again. */
  call: Record<string, never>;
  /** No lights: no group of that name any more. */
  group: { name: string; lights: string[] };
  history: { light: string };
  /** Begins to update lights, group by group; the document `rollOut` tells how it goes. */
  update: { lights: string[] };
  /** Begins to give lights other settings; so too. */
  configure: { lights: string[]; settings: Settings };
  stopRollOut: Record<string, never>;
  press: { board: number; isDown: boolean };
  power: { board: number; isOn: boolean };
  flash: { board: number };
  halfOpen: { board: number };
  world: { broker?: boolean; wifi?: boolean };
  flood: Record<string, never>;
  story: { isShared: boolean };
  /** A command for all, on the topic that they share. */
  shared: { brightness: number };
}

/** From the browser. */
export type Request = { [Name in keyof Actions]: { id: number; action: Name; args: Actions[Name] } }[keyof Actions];

/** From the server. */
export type Reply =
  | { nowMs: number }
  | { set: Record<string, unknown>; drop: string[] }
  | { answer: number; error?: string; value?: unknown };
