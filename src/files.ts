// Files in flash that several parts read or write, and the bytes of the loader's log.

/** The name of a file. */
export const enum FlashFile {
  /** The device's settings. */
  SETTINGS = 'light.json',
  /** Settings on trial, or a copy of SETTINGS: they count while the loader says so, and until they are in SETTINGS. */
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

/** A byte of the loader's log; a slot's letter stands there too: `a` `b` this slot is on trial, `A` `B` it is kept. */
export const enum Mark {
  SETTINGS_TRIAL = 's',
  SETTINGS_KEPT = 'S',
  /** The first boot of a trial, and its only one, has begun. */
  BEGUN = '1',
  ROLLED_BACK = '-',
  /** Compact the flash. */
  COMPACT = 'c',
  COMPACTED = 'C',
  /** Not in the log: what the loader says to a program on trial. */
  PROGRAM_TRIAL = 'p',
  /** Not in the log: a trial was rolled back by this very boot. */
  ROLLED_BACK_NOW = '~',
}
