// What an owner wants to know of a node: the retained message on its info topic.
import type { Board } from './ports.ts';

const enum Boots {
  FILE = 'light.boots',
  /** RTC_CNTL_RESET_STATE_REG; its lowest six bits tell why the first core was reset (ESP32 technical reference manual). */
  ESP32_RESET_STATE = 0x3ff48034,
}

/** What does not change until the next boot. */
export interface Boot {
  /** How often this board has booted. */
  count: number;
  /** Why it did the last time; empty where the chip cannot tell. */
  reason: string;
  /** `getTime()` at boot. */
  atS: number;
}

/** Reset causes that owners can tell apart; a watchdog's panic ends in a software reset. */
function resetReason(board: Pick<Board, 'kind' | 'peek32'>): string {
  if (board.kind !== 'ESP32') return '';
  const cause = board.peek32(Boots.ESP32_RESET_STATE) & 63;
  if (cause === 1) return 'power on';
  if (cause === 3 || cause === 12) return 'software or watchdog';
  if (cause === 15) return 'brownout';
  return 'cause ' + cause;
}

/** Counts this boot, in Storage. */
export function countBoot(board: Pick<Board, 'kind' | 'peek32' | 'storage' | 'getTime'>): Boot {
  const count = (parseInt(board.storage.read(Boots.FILE) || '0', 10) || 0) + 1;
  try {
    board.storage.write(Boots.FILE, '' + count);
  } catch {
    // a full flash
  }
  return { count: count, reason: resetReason(board), atS: board.getTime() };
}

/** What is measured at the moment. */
export interface Vitals {
  version: string;
  clientId: string;
  ip: string | undefined;
  /** dBm */
  rssi: number | undefined;
  memory: { free: number; usage: number };
  /** Connects after the first. */
  reconnects: number;
  lastReason: string;
}

/** The info message, JSON; what is not known is left out. */
export function infoMessage(boot: Boot, nowS: number, vitals: Vitals): string {
  return JSON.stringify({
    version: vitals.version,
    clientId: vitals.clientId,
    ip: vitals.ip,
    rssi: vitals.rssi,
    uptimeS: Math.round(nowS - boot.atS),
    freeVariables: vitals.memory.free,
    usedVariables: vitals.memory.usage,
    reconnects: vitals.reconnects,
    lastReconnectReason: vitals.lastReason,
    restarts: boot.count - 1,
    lastRestartReason: boot.reason,
  });
}
