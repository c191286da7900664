// Judges one light by what was heard of it.

import type { Info } from '../info.ts';
import { KINDS, listed, type Finding } from './finding.ts';
import type { Seen } from './seen.ts';

/** Below this an ESP32 loses packets and reconnects, dBm. */
const WEAK_RSSI = -80;

/** The light restarts itself below 400 (src/health.ts). */
const FEW_VARIABLES = 600;

/** At 100 changes a day they last some four months; below 2 kB nothing more is kept (src/store.ts). */
const LITTLE_FLASH_KB = 16;

/** A broker that was updated, or an access point that was restarted, costs one each: more than a few have another cause. */
const MANY_RECONNECTS = 5;

/** A good link holds for days. */
const RECONNECTS_PER_H = 2;

/** `restarts` counts a board's whole life; only together with a short uptime and a bad reason do many of them tell of a loop. */
const MANY_RESTARTS = 5;
const SHORT_UPTIME_S = 600;

/** Reasons that are the owner's hand; all others are trouble (src/info.ts, src/health.ts). */
const HARMLESS_RESTARTS = ['power on', 'button'];

/** Without the topic: a name from the wire is nothing to paste into a shell. */
const REMOVE = 'mosquitto_pub -r -n -t TOPIC';

const because = (reason: string | undefined): string => (reason ? `, last: ${reason}` : '');

/** How much a counter has grown while we listened; two boards with one name are not mixed up. */
function growth(infos: Info[], key: 'reconnects' | 'restarts'): number {
  const steps = infos.slice(1).map((info, at) => {
    const before = infos[at]!;
    return info.clientId === before.clientId ? (info[key] ?? 0) - (before[key] ?? Infinity) : 0;
  });
  return steps.reduce((sum, step) => sum + Math.max(0, step), 0);
}

/** Texts of one light by kind; undefined where all is well. */
type Texts = Partial<Record<Finding['kind'], string | undefined>>;

function topicTexts({ status, isInfoBroken, isRetained, infos }: Seen): Texts {
  const isOdd = status !== undefined && status !== 'online' && status !== 'offline';
  return {
    stale:
      status === undefined && isRetained ? `retained topics without a status; if it is gone: ${REMOVE}` : undefined,
    offline: status === 'offline' ? 'the broker has lost it' : undefined,
    unreadable: isInfoBroken ? 'info is no JSON object' : isOdd ? `status is ${status}` : undefined,
    'no-info':
      status === 'online' && isRetained && infos.length === 0 && !isInfoBroken ? 'has never told its info' : undefined,
  };
}

function duplicateText(infos: Info[]): string | undefined {
  const distinct = (key: 'clientId' | 'ip'): string[] => [...new Set(infos.flatMap((info) => info[key] ?? []))];
  const [ids, addresses] = [distinct('clientId'), distinct('ip')];
  if (ids.length > 1)
    return `client identifiers ${listed(ids)}: boards with one name, or one board that has just taken a new one`;
  if (addresses.length > 1)
    return `addresses ${listed(addresses)}: boards with one name, or one board that has just got another`;
  return undefined;
}

function flappingText({ statusChanges, infos }: Seen, isUp: boolean): string | undefined {
  const { reconnects = 0, uptimeS = 0, lastReconnectReason } = infos.at(-1) ?? {};
  const grown = growth(infos, 'reconnects');
  if (grown > 0) return `reconnects while watched: ${grown}${because(lastReconnectReason)}`;
  if (statusChanges > 1) return `status changes while watched: ${statusChanges}`;
  const perHour = (reconnects * 3600) / Math.max(1, uptimeS);
  if (!isUp || reconnects < MANY_RECONNECTS || perHour <= RECONNECTS_PER_H) return undefined;
  return `${reconnects} reconnects in ${uptimeS} s${because(lastReconnectReason)}`;
}

function rebootingText(infos: Info[], isUp: boolean): string | undefined {
  const { restarts = 0, uptimeS = Infinity, lastRestartReason = '' } = infos.at(-1) ?? {};
  const isHarmless = HARMLESS_RESTARTS.includes(lastRestartReason);
  const grown = growth(infos, 'restarts');
  if (grown > (isHarmless ? 1 : 0)) return `restarts while watched: ${grown}${because(lastRestartReason)}`;
  if (!isUp || isHarmless || restarts < MANY_RESTARTS || uptimeS >= SHORT_UPTIME_S) return undefined;
  return `${restarts} restarts in its life, and up for only ${uptimeS} s${because(lastRestartReason)}`;
}

/** What a running light tells of itself; of one that is away it is old. */
function healthTexts({ rssi, freeVariables, flashFreeKB }: Info): Texts {
  const below = (value: number | undefined, limit: number): boolean => value !== undefined && value < limit;
  return {
    'weak-signal': below(rssi, WEAK_RSSI) ? `${rssi} dBm: move the board or the access point` : undefined,
    'few-variables': below(freeVariables, FEW_VARIABLES)
      ? `${freeVariables} free; it restarts itself below 400`
      : undefined,
    'flash-full': below(flashFreeKB, LITTLE_FLASH_KB)
      ? `${flashFreeKB} kB free; flash it again, below 2 kB it keeps nothing more`
      : undefined,
  };
}

/** Whether what it tells is of now: a broker without retained messages gives no status either. */
export const isRunning = ({ status, isRetained }: Seen): boolean =>
  status === 'online' || (status === undefined && !isRetained);

/** Finds what is wrong with one light, whatever the others are. */
export function findingsOf(light: Seen): Finding[] {
  const isUp = isRunning(light);
  const texts: Texts = {
    ...topicTexts(light),
    duplicate: duplicateText(light.infos),
    flapping: flappingText(light, isUp),
    rebooting: rebootingText(light.infos, isUp),
    ...(isUp && healthTexts(light.infos.at(-1) ?? {})),
  };
  return KINDS.flatMap((kind) => (texts[kind] === undefined ? [] : { kind, light: light.name, text: texts[kind] }));
}
