// The settings that a build carries inside it: the same keys, and the same check, as the light.json on a device.

import { tsImport } from 'tsx/esm/api';

/** @typedef {import('../settings/schema.ts').Settings} Settings */

/**
 * Reads the settings that become the build's defaults.
 * @param {string} file
 * @returns {Promise<Settings>}
 * @throws {Error} a line for everything that is wrong
 */
export async function readSettings(file) {
  return (await tsImport('../settings/values.ts', import.meta.url)).readSettings(file);
}

/**
 * Turns settings into a JavaScript literal for the chip, whose strings are bytes: text becomes its UTF-8 bytes, one char each.
 * @param {Settings} settings
 * @returns {string} JSON with chars 0-255
 */
export function settingsLiteral(settings) {
  return Buffer.from(JSON.stringify(settings), 'utf8').toString('latin1');
}
