// Writes the page with all that it needs to a folder.

import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { failure } from '../flash/exits.ts';
import { CHIPS } from '../flash/interpreter/chips.ts';
import { folderOf, STORAGE_PART, type Build } from './builds.ts';
import { htmlOf, manifestOf, WEB_TOOLS_FOLDER, type PageOptions } from './page.ts';

function copyWebTools(folder: string): void {
  const tools = dirname(createRequire(import.meta.url).resolve('esp-web-tools/package.json'));
  cpSync(join(tools, 'dist', 'web'), join(folder, WEB_TOOLS_FOLDER), { recursive: true });
  cpSync(join(tools, 'LICENSE'), join(folder, WEB_TOOLS_FOLDER, 'LICENSE'));
}

/**
 * Writes the page; replaces an older one, of which no settings stay.
 * @throws Failure badArguments when the folder cannot be written
 */
export function writePage(folder: string, builds: Build[], options: PageOptions): void {
  try {
    mkdirSync(folder, { recursive: true });
    // An older page may have had settings, and more chips than this one.
    for (const chip of CHIPS) rmSync(join(folder, folderOf(chip), STORAGE_PART), { force: true });
    for (const build of builds) {
      mkdirSync(join(folder, build.folder), { recursive: true });
      for (const { name, bytes } of build.parts) writeFileSync(join(folder, build.folder, name), bytes);
    }
    copyWebTools(folder);
    writeFileSync(join(folder, 'manifest.json'), manifestOf(builds, options));
    writeFileSync(join(folder, 'index.html'), htmlOf(builds, options));
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw failure('badArguments', `--out ${folder} cannot be written (${code ?? message})`);
  }
}
