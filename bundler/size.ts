// What the bundle weighs, source file by source file, against its budget.

import type { Place } from './minify.ts';

/** All the code of the firmware must fit in this; the settings that --config embeds are not code and do not count. */
export const BUDGET_BYTES = 20_000;

/** How the report calls what comes from no source file. */
const NAMES: Record<string, string> = { '<define:BUILD_SETTINGS>': 'settings (--config)', '': 'glue (esbuild)' };

export interface Size {
  /** The bundle without the embedded settings. */
  codeBytes: number;
  /** Largest first; their sum is that of the bundle. */
  files: { name: string; bytes: number }[];
}

/**
 * Weighs a bundle.
 * @param code one byte a char
 * @param placeOf where something in it comes from (line from 1, column from 0)
 */
export function measure(
  code: string,
  placeOf: (line: number, column: number) => Pick<Place, 'file'> | undefined,
): Size {
  const bytesOf: Record<string, number> = {};
  code.split(/(?<=\n)/).forEach((text, row) => {
    for (let column = 0; column < text.length; column++) {
      const file = placeOf(row + 1, column)?.file ?? '';
      bytesOf[file] = (bytesOf[file] ?? 0) + 1;
    }
  });
  const files = Object.entries(bytesOf).map(([file, bytes]) => ({ name: NAMES[file] ?? file, bytes }));
  files.sort((a, b) => b.bytes - a.bytes || a.name.localeCompare(b.name));
  return { codeBytes: code.length - (bytesOf['<define:BUILD_SETTINGS>'] ?? 0), files };
}

/** The report a build prints: the sum first, then each source file. */
export function reportSize(name: string, { codeBytes, files }: Size): string {
  const share = Math.round((100 * codeBytes) / BUDGET_BYTES);
  const lines = files.map((file) => `${format(file.bytes).padStart(8)}  ${file.name}`);
  return [`${name}: ${format(codeBytes)} of ${format(BUDGET_BYTES)} bytes (${share} %)`, ...lines].join('\n');
}

/** A line when the bundle is heavier than its budget. */
export function overBudget({ codeBytes }: Size): string[] {
  const excess = codeBytes - BUDGET_BYTES;
  if (excess <= 0) return [];
  const whole = `${format(codeBytes)} of ${format(BUDGET_BYTES)}`;
  return [`over budget by ${format(excess)} bytes: ${whole} (BUDGET_BYTES in bundler/size.ts)`];
}

const format = (bytes: number): string => bytes.toLocaleString('en-US');
