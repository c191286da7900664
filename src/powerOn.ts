// Remembers the lamp's state, the number of boots and the reason of a restart, in a log of bytes.
import { appendBytes, createByteLog } from './byteLog.ts';
import { FULL } from './led.ts';
import type { Board } from './board.ts';
import type { Settings } from './config.ts';
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
/** Prefix: the byte that follows is 16 more than what was chosen for `powerOn`. */
const CHOSEN = '\r';
/** What was chosen is the number of its word, each of which has four chars here. */
const CHOICES = 'off on  last';
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
  /** What was chosen for `powerOn`, and in the place of which setting: 3 * setting + choice. */
  chosen: number;
}

/** Reads the log at boot, and writes it. */
export interface PowerOn {
  /** The state that is in the log. */
  kept: Kept;
  /**
   * Writes the lamp's state and `powerOn` if they have changed. Called with every beat, so that many quick changes cost one write.
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
    chosen: parseInt(parts[3] || '-1', 10),
  };
  bytes.split(CHOSEN).forEach(function (part, index) {
    const chosen = part.charCodeAt(0) - LOWEST_PLAIN;
    if (index && chosen >= 0) kept.chosen = chosen;
  });
  let isOff = false;
  for (let at = bytes.length - 1; at >= 0; at--) {
    const byte = bytes.charCodeAt(at);
    if (bytes[at] === OFF) isOff = true;
    if ((byte < LOWEST_PLAIN && bytes[at] !== ON_FULL) || bytes[at - 1] === CHOSEN) continue;
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
 * @param settings its `powerOn` is replaced by what was chosen in its place, and kept when it changes, as long as the setting stays
 */
export function createPowerOn(
  board: Pick<Board, 'storage'>,
  write: Write,
  lamp: Lamp,
  settings: Pick<Settings, 'powerOn'>,
): PowerOn {
  const log = createByteLog(board.storage, 'light.log');
  const kept = createKept(log.head, log.bytes);
  const first = 3 * (CHOICES.indexOf(settings.powerOn) / 4);

  function keep(code: number): void {
    const chosen = first + CHOICES.indexOf(settings.powerOn) / 4;
    const choice = chosen === kept.chosen ? '' : CHOSEN + String.fromCharCode(LOWEST_PLAIN + chosen);
    const bytes = encodeChange(kept, lamp) + choice + (code ? String.fromCharCode(code) : '');
    const head = kept.boots + (kept.isOn ? ' 1 ' : ' 0 ') + kept.brightness + ' ' + kept.chosen;
    if (bytes) appendBytes(board.storage, write, log, bytes, head);
    kept.chosen = chosen;
    kept.isOn = lamp.isOn;
    kept.brightness = lamp.brightness;
  }

  log.head = log.bytes = ''; // no longer needed: frees their variables
  lamp.isOn = kept.isOn;
  lamp.brightness = kept.brightness;
  if (kept.chosen >= first && kept.chosen < first + 3) {
    settings.powerOn = CHOICES.substr((kept.chosen - first) * 4, 4).trim() as Settings['powerOn'];
  } else if (kept.chosen < 0) kept.chosen = first + first / 3; // else the new setting is noted, and ends the choice
  keep(BOOT_CODE);
  kept.boots++;
  return { kept: kept, keep: keep };
}
