// A text that is edited by ranges and still knows where each of its chars comes from.

/**
 * @typedef {object} Text
 * @property {string} code
 * @property {Int32Array} origins for each char its index in the first text; for a new one that of the text it stands for
 *
 * @typedef {{ start: number, end: number }} Range
 * @typedef {string | Range} Part new text, or a range of the old text, moved here with the edits inside it
 * @typedef {Range & { parts: Part[] }} Edit what takes the place of a range
 */

/**
 * @param {string} code
 * @returns {Text}
 */
export function createText(code) {
  return { code, origins: Int32Array.from(code, (_, index) => index) };
}

/**
 * Carries out edits that do not overlap, unless one lies in a range that another one moves.
 * @param {Text} text
 * @param {readonly Edit[]} edits
 * @returns {Text}
 */
export function editText(text, edits) {
  const sorted = [...edits].sort((a, b) => a.start - b.start || b.end - a.end);
  /** @type {string[]} */
  const pieces = [];
  /** @type {number[]} */
  const origins = [];

  /** @param {Range} range */
  function keep({ start, end }) {
    pieces.push(text.code.slice(start, end));
    for (let at = start; at < end; at++) origins.push(/** @type {number} */ (text.origins[at]));
  }

  /**
   * @param {Range} range
   * @param {Edit} [without] the edit that moves this range
   */
  function render({ start, end }, without) {
    let at = start;
    for (const edit of sorted) {
      if (edit === without || edit.start < at || edit.end > end || (without && contains(edit, without))) continue;
      keep({ start: at, end: edit.start });
      for (const part of edit.parts) {
        if (typeof part === 'string') insert(part, edit.start);
        else render(part, edit);
      }
      at = edit.end;
    }
    keep({ start: at, end });
  }

  /**
   * @param {string} part
   * @param {number} at
   */
  function insert(part, at) {
    pieces.push(part);
    for (let i = 0; i < part.length; i++) origins.push(text.origins[at] ?? text.code.length);
  }

  render({ start: 0, end: text.code.length });
  return { code: pieces.join(''), origins: Int32Array.from(origins) };
}

/**
 * @param {Range} outer
 * @param {Range} inner
 */
export function contains(outer, inner) {
  return outer.start <= inner.start && outer.end >= inner.end;
}
