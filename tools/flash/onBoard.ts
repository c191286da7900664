// The expressions that run on the board's own interpreter (in its dialect), and what they return.

/** The program the interpreter runs at boot. */
export const PROGRAM_FILE = '.bootcde';

/** The settings of the firmware. */
export const SETTINGS_FILE = 'light.json';

/** Where uploads arrive; the interpreter runs neither. */
export const NEW_PROGRAM_FILE = 'light.new';
export const NEW_SETTINGS_FILE = 'light.json.new';

/** Saved images and programs that would run instead of ours. */
const RIVAL_FILES = ['.bootrst', '.varimg'];

/** A copy within Storage goes through RAM in pieces: small enough for the interpreter's stack. */
const COPY_BYTES = 512;

const str = (value: unknown): string => JSON.stringify(value);

/** Names of a board that is full of files must fit in one answer. */
const FILES_MAX = 40;

/** State of the Storage; `trash` is what compacting would free, `files` are the first of its names. */
export interface StorageState {
  free: number;
  trash: number;
  total: number;
  files: string[];
}

/** Evaluates to a StorageState. */
export const storageState =
  '(function(){var s=require("Storage"),t=s.getStats?s.getStats():{freeBytes:s.getFree(),trashBytes:0,totalBytes:0};' +
  'return {free:t.freeBytes,trash:t.trashBytes,total:t.totalBytes,files:s.list().slice(0,' +
  `${FILES_MAX})}})()`;

/** Length and CRC-32 of a file. */
export interface FileState {
  length: number;
  crc: number;
}

/** Evaluates to a FileState, or null when there is no such file. */
export const fileState = (name: string): string =>
  `(function(d){return d===undefined?null:{length:d.length,crc:E.CRC32(d)}})(require("Storage").read(${str(name)}))`;

/** Evaluates to a file's bytes in base64, or null when there is no such file. */
export const fileBytes = (name: string): string =>
  `(function(d){return d===undefined?null:btoa(d)})(require("Storage").read(${str(name)}))`;

/** Frees what erased files still occupy; evaluates to 0. */
export const compact = '[require("Storage").compact()]&&0';

/** Erases files; evaluates to 0. */
export const erase = (names: string[]): string =>
  `[${str(names)}.forEach(function(n){require("Storage").erase(n)})]&&0`;

/** Erases all files; evaluates to 0. */
export const eraseAll = '[require("Storage").eraseAll()]&&0';

/** Long enough for an answer to leave the board, and for the radio to say its last word. */
const ANSWER_LEAVES_MS = 200;

const later = (action: string): string => `setTimeout(function(){${action}},${ANSWER_LEAVES_MS})`;

/**
 * Ends what the program has started, and Wi-Fi, before an action that ends the interpreter: the chip panics when an event of
 * the radio finds none. Evaluates to 0.
 *
 * Not at once: the packet that carries this has a timer, which `clearInterval()` ends too; its number goes to the next timer,
 * which the end of the packet then clears.
 */
const quietly = (action: string): string =>
  `[${later(
    'clearInterval();clearWatch();' +
      'try{(function(w){w.removeAllListeners();w.disconnect()})(require("Wifi"))}catch(e){}' +
      later(action),
  )}]&&0`;

/** Longer than any expression here takes. No watchdog of an ESP32 can be switched off but by a restart. */
const WATCHDOG_S = 120;

/** From now on the idle interpreter kicks the watchdog, which would miss the program that did; evaluates to 0. */
export const calmWatchdog = `[process.env.BOARD.substr(0,5)=="ESP32"&&E.enableWatchdog(${WATCHDOG_S},true)]&&0`;

/** Stops the program that runs, without starting the saved one. */
export const stopProgram = quietly('reset()');

/** Restarts the chip, as its reset button does. */
export const reboot = quietly('E.reboot()');

/** Restarts the interpreter alone and runs the saved program; evaluates to 0. */
export const reload = `[${later('load()')}]&&0`;

/**
 * Makes the verified upload the program: evaluates to true, or to false when the copy went wrong.
 *
 * Wherever the power goes, no half program runs: the file begins with an open comment, and the two characters that close
 * it are written last, into flash that was left erased for them.
 * @param imageBytes length of the upload, which begins with the comment
 */
export const installProgram = (imageBytes: number): string =>
  `(function(s,p,n,o){${str(RIVAL_FILES)}.forEach(function(f){s.erase(f)});s.erase(p);s.write(p,"/*",0,${imageBytes});` +
  `for(o=4;o<${imageBytes};o+=${COPY_BYTES})s.write(p,""+s.read(n,o,${COPY_BYTES}),o,${imageBytes});` +
  'if(E.CRC32(s.read(p,4))!=E.CRC32(s.read(n,4)))return false;' +
  `s.write(p,"*/",2,${imageBytes});return true})(require("Storage"),${str(PROGRAM_FILE)},${str(NEW_PROGRAM_FILE)},0)`;

/** Makes the verified settings the light's own; evaluates to 0. */
export const installSettings = `[(function(s){s.write(${str(SETTINGS_FILE)},""+s.read(${str(NEW_SETTINGS_FILE)}))})(require("Storage"))]&&0`;
