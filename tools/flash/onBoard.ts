// The expressions that run on the board's own interpreter (in its dialect), and what they return.

/** The program the interpreter runs at boot. */
export const PROGRAM_FILE = '.bootcde';

/** The settings of the firmware. */
export const SETTINGS_FILE = 'light.json';

/** Where uploads arrive, a number after it; the interpreter runs none of them. */
export const UPLOAD_FILE = 'light.new';

/** Saved images and programs that would run instead of ours. */
export const RIVAL_FILES = ['.bootrst', '.varimg'];

/** A copy within Storage goes through RAM in pieces: small enough for the interpreter's stack. */
const COPY_BYTES = 512;

/** Read at once: in base64 twice, it fits in a buffer of 1 kB. */
export const READ_BYTES = 384;

/** Listed at once: their names must fit in it too. */
export const LIST_FILES = 10;

/** A literal of the board: its text is bytes. */
const str = (value: unknown): string =>
  JSON.stringify(value).replace(/[\x7f-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);

/** How full the Storage is; `trash` is what compacting would free. */
export interface StorageStats {
  free: number;
  trash: number;
}

/** Evaluates to StorageStats. */
export const storageStats =
  '(function(s,t){t=s.getStats?s.getStats():{freeBytes:s.getFree(),trashBytes:0};' +
  'return {free:t.freeBytes,trash:t.trashBytes}})(require("Storage"))';

/** Length and CRC-32 of a file. */
export interface FileState {
  length: number;
  crc: number;
}

/** Evaluates to `[name, length, crc]` of at most LIST_FILES files, in the order in which they lie in the flash. */
export const fileList = (from: number): string =>
  `require("Storage").list(undefined,{sf:false}).slice(${from},${from + LIST_FILES})` +
  '.map(function(n,d){d=require("Storage").read(n);return [n,d.length,E.CRC32(d)]})';

/** Evaluates to a FileState, or null when there is no such file. */
export const fileState = (name: string): string =>
  `(function(d){return d===undefined?null:{length:d.length,crc:E.CRC32(d)}})(require("Storage").read(${str(name)}))`;

/** Evaluates to bytes of a file in base64. */
export const fileBytes = (name: string, offset: number): string =>
  `btoa(require("Storage").read(${str(name)},${offset},${READ_BYTES}))`;

/** Frees what erased files still occupy, and keeps the order of the others; evaluates to 0. */
export const compact = '[require("Storage").compact()]&&0';

/** Erases what an upload has left; evaluates to 0. */
export const eraseUploads =
  `[require("Storage").list(/^${UPLOAD_FILE.replace('.', '\\.')}/)` +
  '.forEach(function(n){require("Storage").erase(n)})]&&0';

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

/** Copies a file under another name. */
const COPY =
  'function(s,a,b,l,o){s.erase(b);l=s.read(a).length;' +
  `for(o=0;o<l;o+=${COPY_BYTES})s.write(b,""+s.read(a,o,${COPY_BYTES}),o,l)}`;

/** Makes a verified upload a file of its own; evaluates to 0. */
export const installFile = (upload: string, name: string): string =>
  `[(${COPY})(require("Storage"),${str(upload)},${str(name)})]&&0`;

/** Lays a file behind all others; evaluates to 0. */
export const moveBehind = (name: string): string =>
  `[(function(s,n,t,c){c(s,n,t);c(s,t,n);s.erase(t)})(require("Storage"),${str(name)},${str(UPLOAD_FILE)},${COPY})]&&0`;

/**
 * Makes the verified upload the program: evaluates to true, or to false when the copy went wrong.
 *
 * Wherever the power goes, no half program runs: the file begins with an open comment, and the two characters that close
 * it are written last, into flash that was left erased for them.
 * @param imageBytes length of the upload, which begins with the comment
 */
export const installProgram = (upload: string, imageBytes: number): string =>
  `(function(s,p,n,o){${str(RIVAL_FILES)}.forEach(function(f){s.erase(f)});s.erase(p);s.write(p,"/*",0,${imageBytes});` +
  `for(o=4;o<${imageBytes};o+=${COPY_BYTES})s.write(p,""+s.read(n,o,${COPY_BYTES}),o,${imageBytes});` +
  'if(E.CRC32(s.read(p,4))!=E.CRC32(s.read(n,4)))return false;' +
  `s.write(p,"*/",2,${imageBytes});return true})(require("Storage"),${str(PROGRAM_FILE)},${str(upload)},0)`;
