// Words from the wire, fit for a terminal.

const MAX_WORD_CHARS = 64;

/** Control characters, and those that are invisible or turn the direction of writing. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** Replaces what is no plain character; shortens. */
export const printable = (text: string, maxChars = MAX_WORD_CHARS): string =>
  text.slice(0, maxChars).replace(UNPRINTABLE, '?');
