// Expressions for the board's interpreter (in its dialect), and what they evaluate to.

/** The program the interpreter runs at boot. */
export const PROGRAM_FILE = '.bootcde';

/** The settings of the firmware. */
export const SETTINGS_FILE = 'light.json';

/** The slots: a whole bundle each, of which the loader in `.bootcde` runs one. */
export const SLOT_FILES = { a: 'light.a', b: 'light.b' } as const;

/** What the loader and the light have noted about slots and trials, a byte each; erased flash behind it. */
export const BOOT_LOG_FILE = 'light.boot';

/** Settings on trial, and the update that is on its way. */
export const TRIAL_FILE = 'light.try';
export const OFFER_FILE = 'light.offer';

/** How the files begin that hold the counter of the last message. */
export const COUNTER_FILES = 'light.count';

/** The last uncaught error. */
export const ERROR_FILE = 'ERROR';

/** The board's keys, the set-up program and the password of its access point. */
export const KEY_FILE = 'light.key';
export const SETUP_FILE = 'light.setup';
export const SETUP_PASSWORD_FILE = 'light.ap';

/** Temporary name of uploads, followed by a number; the interpreter runs none of them. */
export const UPLOAD_FILE = 'light.new';

/** Saved images and programs that the interpreter would run instead of ours. */
export const OTHER_BOOT_FILES = ['.bootrst', '.varimg'];

/** Size of the pieces in which a file is copied through RAM: small enough for the interpreter's stack. */
const COPY_BYTES = 512;

/** Bytes read at once: encoded twice in base64 they fit in a buffer of 1 kB. */
export const READ_BYTES = 384;

/** Files listed at once: their names must fit in that buffer, too. */
export const LIST_FILES = 10;

/** Writes a value as a literal for the board, whose text is bytes. */
const str = (value: unknown): string =>
  JSON.stringify(value).replace(/[\x7f-\xff]/g, (char) => `\\x${char.charCodeAt(0).toString(16)}`);

/** Evaluates to the serial number of the chip, from which its keys are made. */
export const serialNumber = 'getSerial()';

/** Longer than any version of ours. */
const VERSION_CHARS = 64;

/** Evaluates to what follows the words `boot light ` in a bundle; empty where they are not. */
export const bootWords = (name: string): string =>
  `(function(d,i){i=d.indexOf("boot light ");return i<0?"":d.substr(i+11,${VERSION_CHARS})})` +
  `(require("Storage").read(${str(name)})||"",0)`;

/** Bytes of Storage that are free, and that compacting would free. */
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

/** Frees the space of erased files, and keeps the order of the others; evaluates to 0. */
export const compact = '[require("Storage").compact()]&&0';

/** Erases all uploads; evaluates to 0. */
export const eraseUploads =
  `[require("Storage").list(/^${UPLOAD_FILE.replace('.', '\\.')}/)` +
  '.forEach(function(n){require("Storage").erase(n)})]&&0';

/** Erases all files; evaluates to 0. */
export const eraseAll = '[require("Storage").eraseAll()]&&0';

/** Enough for an answer to leave the board, and for the last events of Wi-Fi. */
const ANSWER_LEAVES_MS = 200;

const later = (action: string): string => `setTimeout(function(){${action}},${ANSWER_LEAVES_MS})`;

/**
 * Ends the program's timers and watches, and Wi-Fi, before an action that ends the interpreter: the chip panics when a Wi-Fi
 * event finds no interpreter. Evaluates to 0.
 *
 * Runs a moment later: `clearInterval()` also ends the timer of the packet that carries this; its number would go to the next
 * timer, which the end of the packet then clears.
 */
const afterStopping = (action: string): string =>
  `[${later(
    'clearInterval();clearWatch();' +
      'try{(function(w){w.removeAllListeners();w.disconnect()})(require("Wifi"))}catch(e){}' +
      later(action),
  )}]&&0`;

/** Longer than any expression here takes. Only a restart switches the watchdog of an ESP32 off. */
const WATCHDOG_S = 120;

/** Lets the idle interpreter kick the watchdog, because the program that did is stopped; evaluates to 0. */
export const kickWatchdogWhenIdle = `[process.env.BOARD.substr(0,5)=="ESP32"&&E.enableWatchdog(${WATCHDOG_S},true)]&&0`;

/** Stops the program, without starting the saved one; evaluates to 0. */
export const stopProgram = afterStopping('reset()');

/** Restarts the chip, as its reset button does; evaluates to 0. */
export const reboot = afterStopping('E.reboot()');

/** Restarts the interpreter alone and runs the saved program; evaluates to 0. */
export const reload = `[${later('load()')}]&&0`;

/** Copies a file under another name. */
const COPY =
  'function(s,a,b,l,o){s.erase(b);l=s.read(a).length;' +
  `for(o=0;o<l;o+=${COPY_BYTES})s.write(b,""+s.read(a,o,${COPY_BYTES}),o,l)}`;

/** Copies a verified upload to its final name; evaluates to 0. */
export const installFile = (upload: string, name: string): string =>
  `[(${COPY})(require("Storage"),${str(upload)},${str(name)})]&&0`;

/** Moves a file behind all others; evaluates to 0. */
export const moveToEnd = (name: string): string =>
  `[(function(s,n,t,c){c(s,n,t);c(s,t,n);s.erase(t)})(require("Storage"),${str(name)},${str(UPLOAD_FILE)},${COPY})]&&0`;

/** Erases files; evaluates to 0. */
export const eraseFiles = (names: string[]): string =>
  `[${str(names)}.forEach(function(n){require("Storage").erase(n)})]&&0`;

/**
 * Copies the verified upload to where the interpreter boots from: evaluates to true, or to false when the copy went wrong.
 *
 * Whenever the power fails, no half program runs: the file begins with an open comment, and the two characters that close
 * it are written by `closeProgram`, into flash that is left erased for them.
 * @param imageBytes length of the upload, which begins with the comment
 */
export const openProgram = (upload: string, imageBytes: number): string =>
  `(function(s,p,n,o){${str(OTHER_BOOT_FILES)}.forEach(function(f){s.erase(f)});s.erase(p);s.write(p,"/*",0,${imageBytes});` +
  `for(o=4;o<${imageBytes};o+=${COPY_BYTES})s.write(p,""+s.read(n,o,${COPY_BYTES}),o,${imageBytes});` +
  `return E.CRC32(s.read(p,4))==E.CRC32(s.read(n,4))})(require("Storage"),${str(PROGRAM_FILE)},${str(upload)},0)`;

/** Closes the comment: from the next boot on the program runs. Evaluates to 0. */
export const closeProgram = (imageBytes: number): string =>
  `[require("Storage").write(${str(PROGRAM_FILE)},"*/",2,${imageBytes})]&&0`;
