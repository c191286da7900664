// What becomes of a bundle: a file and a report, or the reasons against it.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { reportSize } from './size.mjs';

/**
 * Writes a good bundle. Of a bad one not even an older file stays, so that nobody flashes that by mistake.
 * @param {string} outfile
 * @param {import('./bundle.mjs').Build} result
 * @param {Pick<Console, 'log' | 'error'>} [terminal]
 * @returns {number} the exit code: 0 written, 1 refused
 */
export function deliver(outfile, { code, size, problems }, terminal = console) {
  if (size) terminal.log(reportSize(outfile, size));
  if (problems.length > 0) {
    rmSync(outfile, { force: true });
    for (const problem of problems) terminal.error(problem);
    terminal.error(`build: refused for ${problems.length === 1 ? '1 reason' : `${problems.length} reasons`}`);
    return 1;
  }
  mkdirSync(path.dirname(outfile), { recursive: true });
  writeFileSync(outfile, code);
  return 0;
}
