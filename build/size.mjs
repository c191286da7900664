// What the bundle weighs, source file by source file, against its budget.

/** All the code of the firmware must fit in this; the settings that --config embeds are not code and do not count. */
export const BUDGET_BYTES = 20_000;

/** The name esbuild gives to the embedded settings. */
const SETTINGS_INPUT = '<define:BUILD_SETTINGS>';

/**
 * @typedef {object} Size
 * @property {number} totalBytes the whole bundle
 * @property {number} settingsBytes of which embedded settings
 * @property {{ name: string, bytes: number }[]} files largest first; their sum is totalBytes
 */

/**
 * Weighs a bundle.
 * @param {import('esbuild').Metafile} metafile
 * @param {number} totalBytes of the finished bundle
 * @returns {Size}
 */
export function measure(metafile, totalBytes) {
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  const files = inputs.map(([name, { bytesInOutput }]) => ({
    name: name === SETTINGS_INPUT ? 'settings (--config)' : name,
    bytes: bytesInOutput,
  }));
  const rest = totalBytes - files.reduce((sum, file) => sum + file.bytes, 0);
  files.push({ name: 'glue (esbuild)', bytes: rest });
  files.sort((a, b) => b.bytes - a.bytes || a.name.localeCompare(b.name));
  const settingsBytes = inputs.find(([name]) => name === SETTINGS_INPUT)?.[1].bytesInOutput ?? 0;
  return { totalBytes, settingsBytes, files };
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
