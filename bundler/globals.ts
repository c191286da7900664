// The names the chip already uses: what a bundle may call, and what it must not call its own variables.
// Source: the wrapper declarations in Espruino's C sources (2v29) that an ESP32 build compiles in, plus its board file for
// the pins, compared with Object.getOwnPropertyNames(global) on a running interpreter; members: Node's own lists of names,
// each looked up there.

/** The words of a text. */
export const words = (text: string): string[] => text.trim().split(/\s+/);

/** Globals of every ESP32 build. */
export const CHIP_GLOBALS = new Set(
  words(`
  Array ArrayBuffer ArrayBufferView Boolean DataView Date E ESP32 Error File Float32Array Float64Array Function Graphics
  HIGH I2C I2C1 I2C2 I2C3 Infinity Int16Array Int32Array Int8Array InternalError JSON LOW LoopbackA LoopbackB Math Modules
  NaN Number Object OneWire Pin Promise ReferenceError RegExp SPI SPI1 SPI2 SPI3 Serial Serial1 Serial2 Serial3 Server
  Socket StorageFile String SyntaxError Telnet Terminal TypeError Uint16Array Uint24Array Uint32Array Uint8Array
  Uint8ClampedArray Waveform analogRead analogWrite arguments atob btoa changeInterval clearInterval clearTimeout clearWatch
  console decodeURIComponent dgramSocket digitalPulse digitalRead digitalWrite dump echo edit encodeURIComponent eval
  getPinMode getSerial getTime global globalThis isFinite isNaN load parseFloat parseInt peek16 peek32 peek8 pinMode poke16
  poke32 poke8 print process require reset save setBusyIndicator setDeepSleep setInterval setSleepIndicator setTime
  setTimeout setWatch shiftOut trace url
`),
);

/** Globals of some builds or boards only: not to be relied on, and not to be shadowed either. */
const OTHER_GLOBALS = new Set(
  words(`
  AES BTN BTN1 BTN2 BTN3 BTN4 Bluetooth BluetoothDevice BluetoothRemoteGATTCharacteristic BluetoothRemoteGATTServer
  BluetoothRemoteGATTService Ethernet LED LED1 LED2 LED3 NRF Nucleo Qwiic SWDCON Serial4 Serial5 Serial6 TFMicroInterpreter
  USB Unistroke WLAN WioLTE __FILE__ g httpCRq httpCRs httpSRq httpSRs httpSrv quit
`),
);

/** Names such as D5 and A0 are pins. */
const PIN = /^[A-H]\d{1,3}$/;

/** Modules inside an ESP32 build, and tinyMQTT, which the uploader adds to the variant built with --mqtt=tinyMQTT. */
export const CHIP_MODULES = new Set(
  words('ESP32 Flash Storage TelnetServer Wifi crypto dgram fs heatshrink http neopixel net timer tinyMQTT tls tv'),
);

/** The static members that the chip has beside `prototype`; all others of these objects are missing. */
export const STATICS: Record<string, string> = {
  Array: 'isArray',
  ArrayBuffer: '',
  Date: 'now parse',
  Error: '',
  Float32Array: '',
  Int16Array: '',
  Int8Array: '',
  JSON: 'parse stringify',
  Math: `E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs acos asin atan atan2 ceil clip cos exp floor log max min pow randInt
    random round sign sin sqrt tan wrap`,
  Number: 'MAX_VALUE MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY',
  Object: `assign create defineProperties defineProperty entries fromEntries getOwnPropertyDescriptor
    getOwnPropertyDescriptors getOwnPropertyNames getPrototypeOf keys setPrototypeOf values`,
  Promise: 'all reject resolve',
  RegExp: '',
  String: 'fromCharCode',
  Uint16Array: '',
  Uint32Array: '',
  Uint8Array: '',
};

/** Methods that no object of the chip has; an object of our own may, and then the name is free. */
export const MISSING_METHODS = new Set(
  words(`
  at codePointAt copyWithin entries finally findLast findLastIndex flat flatMap isPrototypeOf isWellFormed keys localeCompare
  matchAll normalize propertyIsEnumerable reduceRight search setUTCDate setUTCFullYear setUTCHours setUTCMilliseconds
  setUTCMinutes setUTCMonth setUTCSeconds toDateString toExponential toLocaleDateString toLocaleLowerCase toLocaleString
  toLocaleTimeString toLocaleUpperCase toPrecision toReversed toSorted toSpliced toTimeString toWellFormed trimEnd trimLeft
  trimRight trimStart values with
`),
);

/** Words that the chip's lexer reserves and JavaScript does not, or not everywhere. */
export const RESERVED_WORDS = new Set(words('let of static debugger'));

/** All words the chip's lexer takes for keywords. */
export const KEYWORDS = new Set([
  ...words(
    'if else do while for break continue function return var const this throw try catch finally true false null',
  ),
  ...words('undefined new in instanceof switch case default delete typeof void class extends super'),
  ...RESERVED_WORDS,
]);

/** Whether a bundle must not call a variable so. */
export function isChipGlobal(name: string): boolean {
  return CHIP_GLOBALS.has(name) || OTHER_GLOBALS.has(name) || PIN.test(name);
}
