// What the lamp does when the program starts, and what is remembered for that: its state, a byte a change, and the boots.
import { appendBytes, createByteLog } from './byteLog.ts';
import { FULL } from './led.ts';
import type { Board } from './board.ts';
import type { Write } from './store.ts';

// The bytes of the log. A prefix that a power cut left alone is followed by BOOT_CODE, and means nothing.
const OFF = '\0';
const BOOT_CODE = 1;
/** And the reasons of a restart that was planned, up to 9. */
const FIRST_REASON = 2;
const LAST_REASON = 9;
/** Prefix: the brightness that follows is kept while off. */
const OFF_AT = '\x0a';
/** Prefix: the byte that follows is 16 more than the brightness, 1-15. */
const LOW = '\x0b';
const ON_FULL = '\x0c';
/** From here on a byte is the brightness itself. */
const LOWEST_PLAIN = 16;

/** The state of a lamp. */
export interface Lamp {
  isOn: boolean;
  /** 1-255, kept while off. */
  brightness: number;
}

/** The lamp and the boots, as the log has them. */
export interface Kept extends Lamp {
  /** How often this board has booted, this boot included. */
  boots: number;
  /** Why the program restarted itself, 2-9; 0 when it did not. */
  reason: number;
}

/** The memory of one boot. */
export interface PowerOn {
  /** The state that is in the log. */
  kept: Kept;
  /**
   * Keeps the lamp where it has changed; with every beat, so that a hand that plays with the switch costs one write.
   * @param code goes behind it: the reason of the restart that follows, 2-9; 0 for none
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

/** What has changed since `kept`, as bytes of the log. */
function encodeChange(kept: Lamp, lamp: Lamp): string {
  const isSameLevel = lamp.brightness === kept.brightness;
  if (isSameLevel && lamp.isOn === kept.isOn) return '';
  if (isSameLevel && !lamp.isOn) return OFF;
  const low = LOW + String.fromCharCode(LOWEST_PLAIN + lamp.brightness);
  const plain = lamp.brightness === FULL ? ON_FULL : String.fromCharCode(lamp.brightness);
  return (lamp.isOn ? '' : OFF_AT) + (lamp.brightness < LOWEST_PLAIN ? low : plain);
}

/**
 * Reads what was kept, and counts this boot.
 * @param lamp set to what was kept
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

  log.head = log.bytes = ''; // read, and not worth their variables
  lamp.isOn = kept.isOn;
  lamp.brightness = kept.brightness;
  keep(BOOT_CODE);
  kept.boots++;
  return { kept: kept, keep: keep };
}
