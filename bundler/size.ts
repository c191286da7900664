// What a program weighs, source file by source file, against its budget.

import type { Place } from './minify.ts';
import type { Program } from './programs.ts';

/** The code of a program must fit in this; the settings that --config embeds are not code and do not count. */
export const BUDGET_BYTES: Record<Program, number> = { light: 23_800, update: 8_750, loader: 1_200, setup: 14_500 };

/** How the report calls what comes from no source file. */
const NAMES: Record<string, string> = { '<define:BUILD_SETTINGS>': 'settings (--config)', '': 'glue (esbuild)' };

export interface Size {
  program: Program;
  /** The bundle without the embedded settings. */
  codeBytes: number;
  /** Largest first; their sum is that of the bundle. */
  files: { name: string; bytes: number }[];
}

/**
 * Weighs the bundle of a program.
 * @param code one byte a char
 * @param placeOf where something in it comes from (line from 1, column from 0)
 */
export function measure(
  program: Program,
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
  return { program, codeBytes: code.length - (bytesOf['<define:BUILD_SETTINGS>'] ?? 0), files };
}

/** The report a build prints: the sum first, then each source file. */
export function reportSize(name: string, { program, codeBytes, files }: Size): string {
  const budget = BUDGET_BYTES[program];
  const share = Math.round((100 * codeBytes) / budget);
  const lines = files.map((file) => `${format(file.bytes).padStart(8)}  ${file.name}`);
  return [`${name}: ${format(codeBytes)} of ${format(budget)} bytes (${share} %)`, ...lines].join('\n');
}

/** A line when the bundle is heavier than its budget. */
export function overBudget({ program, codeBytes }: Size): string[] {
  const excess = codeBytes - BUDGET_BYTES[program];
  if (excess <= 0) return [];
  const whole = `${format(codeBytes)} of ${format(BUDGET_BYTES[program])}`;
  return [`over budget by ${format(excess)} bytes: ${whole} (BUDGET_BYTES.${program} in bundler/size.ts)`];
}

const format = (bytes: number): string => bytes.toLocaleString('en-US');
