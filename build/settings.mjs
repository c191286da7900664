// The settings file that a build carries inside it: the same keys as the light.json on a device.

import { readFileSync } from 'node:fs';

/** @typedef {{ [key: string]: unknown }} Settings */

/**
 * Reads the settings that become the build's defaults. Their meaning is checked on the chip, by src/config.ts.
 * @param {string} file a JSON file that holds one object
 * @returns {Settings}
 * @throws {Error} one line that names the file, when it cannot be read or holds no JSON object
 */
export function readSettings(file) {
  const text = readText(file);
  const value = parse(file, text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error(`${file}: holds ${describe(value)}; write one JSON object, such as {"broker":"192.168.1.10:1883"}`);
  }
  return /** @type {Settings} */ (value);
}

/**
 * Turns settings into a JavaScript literal for the chip, whose strings are bytes: text becomes its UTF-8 bytes, one char each.
 * @param {Settings} settings
 * @returns {string} JSON with chars 0-255
 */
export function settingsLiteral(settings) {
  return Buffer.from(JSON.stringify(settings), 'utf8').toString('latin1');
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const code = /** @type {NodeJS.ErrnoException} */ (error).code;
    throw new Error(`${file}: ${code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`}`);
  }
}

/**
 * @param {string} file
 * @param {string} text
 * @returns {unknown}
 */
function parse(file, text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: not valid JSON: ${/** @type {Error} */ (error).message.replace(/\s+/g, ' ')}`);
  }
}

/** @param {unknown} value */
function describe(value) {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
