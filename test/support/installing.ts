// Shared by the installer's tests: the tool, its output, and what it has written.

import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInstaller, type InstallerHost } from '../../tools/installer/run.ts';
import { interpreterFiles, zipOf, type Files } from './espArchive.ts';

/** An archive with the interpreters of all chips. */
export const ARCHIVE_FILES: Files = {
  ...interpreterFiles('ESP32', 'espruino/esp32'),
  ...interpreterFiles('ESP32-C3', 'espruino/esp32c3'),
  ...interpreterFiles('ESP32-S3', 'espruino/esp32s3'),
};

/** Where it is. */
export const ARCHIVE = zipOf(ARCHIVE_FILES);

/** A new folder. */
export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'page-'));

/** Runs the installer; gives its exit code and what it prints. */
export async function install(argv: string[], host: Partial<InstallerHost> = {}) {
  let output = '';
  const code = await runInstaller(argv, {
    write: (text) => void (output += text),
    environment: {},
    signal: new AbortController().signal,
    ...host,
  });
  return { code, output };
}

/** Reads all files of a folder and the folders in it, one char per byte. */
export function contentsOf(folder: string): string {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return files.map((file) => readFileSync(join(file.parentPath, file.name), 'latin1')).join('\n');
}
