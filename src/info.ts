// The retained message on the info topic: version, health and network of the node.
import { FlashFile } from './files.ts';
import { createRegister } from './register.ts';
import type { Board, Wifi } from './board.ts';

/** RTC_CNTL_RESET_STATE_REG; its lowest six bits tell why the first core was reset (Espressif's technical reference manuals). */
const ESP32_RESET_STATE = 0x3ff48034;
/** The same of the ESP32-C3 and the ESP32-S3. */
const LATER_RESET_STATE = 0x60008038;

/** Causes of a reset. */
export const enum ResetCause {
  UNKNOWN = 0,
  POWER_ON = 1,
  BROWNOUT = 15,
}

/** Tells why the chip was reset. */
export function createResetCause(board: Pick<Board, 'kind' | 'peek32'>): ResetCause {
  const register = createRegister(board.kind, ESP32_RESET_STATE, LATER_RESET_STATE, LATER_RESET_STATE);
  return register ? board.peek32(register) & 63 : ResetCause.UNKNOWN;
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
  /** What has become of the last update; '' for nothing. */
  update: string;
  powerOn: string;
}

/** Flash that an update must leave free. */
export const SPARE_BYTES = 4_096;
/** Header of the slot, and the small files of an update. */
export const FILES_BYTES = 512;
/** Enough to recognise an error. */
const ERROR_CHARS = 100;

/** Builds the info message (JSON); leaves out what is unknown. */
export function infoMessage(
  board: Pick<Board, 'process' | 'storage' | 'serial' | 'boot'>,
  wifi: Wifi | undefined,
  vitals: Vitals,
): string {
  const memory = board.process.memory();
  const cause = vitals.resetCause;
  // those that owners can tell apart; a watchdog's panic ends in a software reset
  const software = 'software or watchdog';
  const causes: Record<number, string> = { 1: 'power on', 3: software, 12: software, 15: 'brownout' };
  let ip: string | undefined;
  let rssi: number | undefined;

  function readNetwork(): void {
    try {
      ip = wifi!.getIP()!.ip;
      rssi = wifi!.getStatus().rssi;
    } catch {
      // a network that is not ours, or does not tell
    }
  }

  readNetwork();
  const free = board.storage.getFree();
  const slot = board.boot && board.boot[0];
  const image = (slot && board.storage.read('light.' + slot)) || '';
  return JSON.stringify({
    serial: board.serial,
    version: vitals.version,
    clientId: vitals.clientId,
    ip: ip,
    rssi: rssi,
    uptimeS: vitals.uptimeS,
    freeVariables: memory.free,
    usedVariables: memory.usage,
    flashFreeKB: Math.floor(free / 1024),
    reconnects: vitals.reconnects,
    lastReconnectReason: vitals.lastReason,
    restarts: vitals.restarts,
    lastRestartReason: vitals.restartReason || causes[cause] || (cause ? 'cause ' + cause : ''),
    lastError: board.storage.read(FlashFile.ERROR, 0, ERROR_CHARS),
    powerOn: vitals.powerOn,
    slot: slot,
    update: vitals.update,
    // as long as nobody compacts the flash
    updatesLeft: slot && Math.max(0, Math.floor((free - SPARE_BYTES) / (image.length + FILES_BYTES))),
  });
}
