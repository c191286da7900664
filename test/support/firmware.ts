// The bundle under test.

import { readFileSync } from 'node:fs';

/** The text of `dist/firmware.js`; the variable FIRMWARE names another file. */
export const FIRMWARE = readFileSync(
  process.env['FIRMWARE'] ?? new URL('../../dist/firmware.js', import.meta.url),
  'latin1',
);
