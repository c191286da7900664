// What the bundle weighs, source file by source file, against its budget.

/** All the code of the firmware must fit in this; the settings that --config embeds are not code and do not count. */
export const BUDGET_BYTES = 20_000;

/** The name esbuild gives to the embedded settings. */
const SETTINGS_INPUT = '<define:BUILD_SETTINGS>';

/** What comes from no source file. */
const GLUE = 'glue (esbuild)';

/**
 * @typedef {object} Size
 * @property {number} totalBytes the whole bundle
 * @property {number} settingsBytes of which embedded settings
 * @property {{ name: string, bytes: number }[]} files largest first; their sum is totalBytes
 */

/**
 * Weighs a bundle.
 * @param {string} code one byte a char
 * @param {(line: number, column: number) => { file: string } | undefined} placeOf where something in it comes from (line from
 *   1, column from 0)
 * @returns {Size}
 */
export function measure(code, placeOf) {
  /** @type {Map<string, number>} */
  const bytesOf = new Map();
  let line = 1;
  let column = 0;
  for (const char of code) {
    const file = placeOf(line, column)?.file ?? GLUE;
    bytesOf.set(file, (bytesOf.get(file) ?? 0) + 1);
    column = char === '\n' ? 0 : column + 1;
    if (char === '\n') line += 1;
  }
  const settingsBytes = bytesOf.get(SETTINGS_INPUT) ?? 0;
  const files = [...bytesOf].map(([name, bytes]) => ({
    name: name === SETTINGS_INPUT ? 'settings (--config)' : name,
    bytes,
  }));
  files.sort((a, b) => b.bytes - a.bytes || a.name.localeCompare(b.name));
  return { totalBytes: code.length, settingsBytes, files };
}

/**
 * The report a build prints: the sum first, then each source file.
 * @param {string} name of the bundle
 * @param {Size} size
 */
export function reportSize(name, size) {
  const code = codeBytes(size);
  const share = Math.round((100 * code) / BUDGET_BYTES);
  const lines = size.files.map((file) => `${format(file.bytes).padStart(8)}  ${file.name}`);
  return [`${name}: ${format(code)} of ${format(BUDGET_BYTES)} bytes (${share} %)`, ...lines].join('\n');
}

/**
 * One line when the bundle is heavier than its budget.
 * @param {Size} size
 * @returns {string | undefined}
 */
export function overBudget(size) {
  const excess = codeBytes(size) - BUDGET_BYTES;
  if (excess <= 0) return undefined;
  return `over budget by ${format(excess)} bytes: ${format(codeBytes(size))} of ${format(BUDGET_BYTES)} (BUDGET_BYTES in build/size.mjs)`;
}

/** @param {Size} size */
function codeBytes(size) {
  return size.totalBytes - size.settingsBytes;
}

/** @param {number} bytes */
function format(bytes) {
  return bytes.toLocaleString('en-US');
}
