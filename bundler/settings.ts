// The settings file that a build carries inside it: the same keys as the light.json on a device.

import { readFileSync } from 'node:fs';

export type Settings = Record<string, unknown>;

/**
 * Reads the settings that become the build's defaults. Their meaning is checked on the chip, by src/config.ts.
 * @param file a JSON file that holds one object
 * @throws one line that names the file, when it cannot be read or holds no JSON object
 */
export function readSettings(file: string): Settings {
  const value = parse(file, readText(file));
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Settings;
  const kind = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
  throw new Error(`${file}: holds ${kind}; write one JSON object, such as {"broker":"192.168.1.10:1883"}`);
}

/** Turns settings into a JavaScript literal for the chip, whose strings are bytes: text becomes its UTF-8 bytes, one char each. */
export function settingsLiteral(settings: Settings): string {
  return Buffer.from(JSON.stringify(settings), 'utf8').toString('latin1');
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`${file}: ${code === 'ENOENT' ? 'no such file' : `cannot be read (${code})`}`);
  }
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${file}: not valid JSON: ${(error as Error).message.replace(/\s+/g, ' ')}`);
  }
}
