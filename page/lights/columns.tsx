// The columns of the list: how each figure is shown, and by what it is sorted.

import type { ComponentChildren } from 'preact';
import { figure, NONE, span } from '../parts/words.ts';
import { FULL, type Light } from '../protocol.ts';
import { Signal } from './Signal.tsx';

/** How many seconds ago a light last spoke. */
const agoS = ({ seenMs }: Light, nowMs: number): number | undefined =>
  seenMs === undefined ? undefined : Math.max(0, (nowMs - seenMs) / 1000);

/** When a light last spoke, in words. */
export function seenWords(light: Light, nowMs: number): string {
  const ago = agoS(light, nowMs);
  if (ago === undefined) return NONE;
  return ago < 5 ? 'now' : `${span(ago)} ago`;
}

/** A column. */
export interface Column {
  key: string;
  title: string;
  /** What to sort by; undefined comes last. */
  value(light: Light): string | number | undefined;
  /** The first click sorts from the top. */
  isDownFirst?: boolean;
}

/** A column that holds a figure. */
interface FigureColumn extends Column {
  show(light: Light, nowMs: number): ComponentChildren;
}

const STATUS_ORDER = { offline: 0, unknown: 1, online: 2 };

/** A figure with a word below it. */
function Figure({ value, words }: { value: string; words: string | undefined }) {
  return (
    <>
      {value}
      {value !== NONE && words && <small>{words}</small>}
    </>
  );
}

/** `0.1.0`, and its build below. */
function Version({ version = NONE }: { version: string | undefined }) {
  const [number = NONE, build] = version.split('+');
  return <Figure value={number} words={build} />;
}

/** Seconds since its start: as it was told, and grown since where we know when. */
export function uptimeOf({ status, info, infoMs }: Light, nowMs: number): number | undefined {
  if (status === 'offline' || info.uptimeS === undefined) return undefined;
  return info.uptimeS + (infoMs === undefined ? 0 : Math.max(0, (nowMs - infoMs) / 1000));
}

/** The columns that hold a figure, in their order. */
export const FIGURES: FigureColumn[] = [
  {
    key: 'signal',
    title: 'Signal',
    value: ({ info }) => info.rssi,
    show: ({ info }) => <Signal rssi={info.rssi} />,
  },
  {
    key: 'version',
    title: 'Version',
    value: ({ info }) => info.version,
    show: ({ info }) => <Version version={info.version} />,
  },
  {
    key: 'uptime',
    title: 'Up for',
    value: (light) => uptimeOf(light, 0),
    show(light, nowMs) {
      const uptimeS = uptimeOf(light, nowMs);
      return uptimeS === undefined ? NONE : span(uptimeS);
    },
  },
  {
    key: 'restarts',
    title: 'Restarts',
    isDownFirst: true,
    value: ({ info }) => info.restarts,
    show: ({ info }) => <Figure value={figure(info.restarts)} words={info.lastRestartReason} />,
  },
  {
    key: 'reconnects',
    title: 'Reconnects',
    isDownFirst: true,
    value: ({ info }) => info.reconnects,
    show: ({ info }) => <Figure value={figure(info.reconnects)} words={info.lastReconnectReason} />,
  },
  {
    key: 'variables',
    title: 'Free variables',
    value: ({ info }) => info.freeVariables,
    show: ({ info }) => figure(info.freeVariables),
  },
  {
    key: 'seen',
    title: 'Last seen',
    isDownFirst: true,
    value: ({ seenMs }) => seenMs,
    show: seenWords,
  },
];

/** All that the list can be sorted by, in the order of its columns. */
export const COLUMNS: Column[] = [
  { key: 'name', title: 'Name', value: ({ name }) => name },
  {
    key: 'status',
    title: 'Status',
    value: ({ status }) => STATUS_ORDER[status],
  },
  { key: 'on', title: 'On', isDownFirst: true, value: ({ isOn }) => Number(isOn ?? -1) },
  {
    key: 'level',
    title: 'Brightness',
    isDownFirst: true,
    value: ({ isOn, level }) => (isOn ? (level ?? FULL) : 0),
  },
  ...FIGURES,
];
