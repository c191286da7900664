// The retained message on the info topic: version, health and network of the node.
import type { Board, Wifi } from './board.ts';

/** RTC_CNTL_RESET_STATE_REG; its lowest six bits tell why the first core was reset (ESP32 technical reference manual). */
export const ESP32_RESET_STATE = 0x3ff48034;

/** Causes of a reset. */
export const enum ResetCause {
  UNKNOWN = 0,
  POWER_ON = 1,
  BROWNOUT = 15,
}

/** Facts that only the node knows. */
export interface Vitals {
  version: string;
  clientId: string;
  uptimeS: number;
  /** Connects after the first. */
  reconnects: number;
  lastReason: string;
  restarts: number;
  /** Why the program restarted itself; undefined when it did not. */
  restartReason: string | undefined;
  resetCause: number;
}

/** Builds the info message (JSON); leaves out what is unknown. */
export function infoMessage(board: Pick<Board, 'process' | 'storage'>, wifi: Wifi | undefined, vitals: Vitals): string {
  const memory = board.process.memory();
  const cause = vitals.resetCause;
  // those that owners can tell apart; a watchdog's panic ends in a software reset
  const causes: Record<number, string> = {
    1: 'power on',
    3: 'software or watchdog',
    12: 'software or watchdog',
    15: 'brownout',
  };
  let ip: string | undefined;
  let rssi: number | undefined;
  try {
    ip = wifi!.getIP()!.ip;
    rssi = wifi!.getStatus().rssi;
  } catch {
    // a network that is not ours, or does not tell
  }
  return JSON.stringify({
    version: vitals.version,
    clientId: vitals.clientId,
    ip: ip,
    rssi: rssi,
    uptimeS: vitals.uptimeS,
    freeVariables: memory.free,
    usedVariables: memory.usage,
    flashFreeKB: Math.floor(board.storage.getFree() / 1024),
    reconnects: vitals.reconnects,
    lastReconnectReason: vitals.lastReason,
    restarts: vitals.restarts,
    lastRestartReason: vitals.restartReason || causes[cause] || (cause ? 'cause ' + cause : ''),
  });
}
