// Remembers the lamp's state, the number of boots and the reason of a restart, in a log of bytes.
import { appendBytes, createByteLog } from './byteLog.ts';
import { FULL } from './led.ts';
import type { Board } from './board.ts';
import type { Write } from './store.ts';

// The bytes of the log. A prefix followed by BOOT_CODE was cut off by a power cut and means nothing.
const OFF = '\0';
const BOOT_CODE = 1;
/** From here to 9: reasons of a planned restart. */
const FIRST_REASON = 2;
const LAST_REASON = 9;
/** Prefix: the brightness that follows is kept while off. */
const OFF_AT = '\x0a';
/** Prefix: the byte that follows is 16 more than the brightness, 1-15. */
const LOW = '\x0b';
const ON_FULL = '\x0c';
/** From here on a byte is a brightness. */
const LOWEST_PLAIN = 16;

/** The state of a lamp. */
export interface Lamp {
  isOn: boolean;
  /** 1-255, kept while off. */
  brightness: number;
}

/** The content of the log. */
export interface Kept extends Lamp {
  /** How often this board has booted, this boot included. */
  boots: number;
  /** Why the program restarted itself, 2-9; 0 when it did not. */
  reason: number;
}

/** Reads the log at boot, and writes it. */
export interface PowerOn {
  /** The state that is in the log. */
  kept: Kept;
  /**
   * Writes the lamp's state if it has changed. Called with every beat, so that many quick changes cost one write.
   * @param code the reason of the restart that follows, 2-9; 0 for none
   */
  keep(code: number): void;
}

/** Reads the log from its end. */
function createKept(head: string, bytes: string): Kept {
  const parts = head.split(' '); // boots, on, brightness
  const last = bytes.charCodeAt(bytes.length - 1);
  const kept: Kept = {
    isOn: parts[1] === '1',
    brightness: parseInt(parts[2] || '', 10) || FULL,
    boots: (parseInt(head, 10) || 0) + bytes.split(String.fromCharCode(BOOT_CODE)).length - 1,
    reason: last >= FIRST_REASON && last <= LAST_REASON ? last : 0,
  };
  let isOff = false;
  for (let at = bytes.length - 1; at >= 0; at--) {
    const byte = bytes.charCodeAt(at);
    if (bytes[at] === OFF) isOff = true;
    if (byte < LOWEST_PLAIN && bytes[at] !== ON_FULL) continue;
    const isLow = bytes[at - 1] === LOW;
    kept.brightness = isLow ? byte - LOWEST_PLAIN : byte < LOWEST_PLAIN ? FULL : byte;
    kept.isOn = !isOff && bytes[at - (isLow ? 2 : 1)] !== OFF_AT;
    return kept;
  }
  if (isOff) kept.isOn = false;
  return kept;
}

/** Encodes the change since `kept`. */
function encodeChange(kept: Lamp, lamp: Lamp): string {
  const isSameLevel = lamp.brightness === kept.brightness;
  if (isSameLevel && lamp.isOn === kept.isOn) return '';
  if (isSameLevel && !lamp.isOn) return OFF;
  const low = LOW + String.fromCharCode(LOWEST_PLAIN + lamp.brightness);
  const plain = lamp.brightness === FULL ? ON_FULL : String.fromCharCode(lamp.brightness);
  return (lamp.isOn ? '' : OFF_AT) + (lamp.brightness < LOWEST_PLAIN ? low : plain);
}

/**
 * Reads the log, and counts this boot.
 * @param lamp set to the state in the log
 */
export function createPowerOn(board: Pick<Board, 'storage'>, write: Write, lamp: Lamp): PowerOn {
  const log = createByteLog(board.storage);
  const kept = createKept(log.head, log.bytes);

  function keep(code: number): void {
    const bytes = encodeChange(kept, lamp) + (code ? String.fromCharCode(code) : '');
    if (bytes)
      appendBytes(board.storage, write, log, bytes, kept.boots + (kept.isOn ? ' 1 ' : ' 0 ') + kept.brightness);
    kept.isOn = lamp.isOn;
    kept.brightness = lamp.brightness;
  }

  log.head = log.bytes = ''; // no longer needed: frees their variables
  lamp.isOn = kept.isOn;
  lamp.brightness = kept.brightness;
  keep(BOOT_CODE);
  kept.boots++;
  return { kept: kept, keep: keep };
}
