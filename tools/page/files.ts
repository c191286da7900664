// The files of the page, made of page/ when the server starts: bundled by esbuild, compressed, and kept in memory.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';

const PAGE = fileURLToPath(new URL('../../page', import.meta.url));

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** A file as it is served. */
export interface PageFile {
  type: string;
  /** gzip: every browser takes it. */
  compressed: Buffer;
}

/**
 * Makes the files, by name.
 * @throws Error in one line when the page does not bundle
 */
export async function makeFiles(): Promise<Map<string, PageFile>> {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: PAGE,
    entryPoints: { app: 'main.tsx' },
    outdir: '.',
    write: false,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    legalComments: 'none',
    logLevel: 'silent',
  });
  const contents = ['index.html', 'icon.svg'].map((name) => [name, readFileSync(path.join(PAGE, name))] as const);
  const bundled = outputFiles.map((file) => [path.basename(file.path), file.contents] as const);
  return new Map(
    [...contents, ...bundled].map(([name, bytes]) => [
      name,
      { type: TYPES[path.extname(name)] ?? 'application/octet-stream', compressed: gzipSync(bytes, { level: 9 }) },
    ]),
  );
}
