// Files in flash that several parts read or write.

/** The name of a file. */
export const enum FlashFile {
  /** The device's settings. */
  SETTINGS = 'light.json',
  /** Settings on trial: they count while the loader says so, and when they are kept until they are in SETTINGS. */
  TRIAL = 'light.try',
  /** The signed offer of the program that is being fetched. */
  OFFER = 'light.offer',
  /** The board's keys: 32 bytes for HMAC-SHA256, 32 for AES-256. */
  KEY = 'light.key',
  /** The loader's log. */
  BOOT = 'light.boot',
  /** The first error that nothing has caught; the interpreter's own name for it. */
  ERROR = 'ERROR',
}
