// The programs that the build has written beside the bundle.

import { existsSync } from 'node:fs';
import path from 'node:path';
import { readBundle, type Image } from './image.ts';

/** The set-up program; undefined when the build has none. */
export function readSetup(dist: string): Image | undefined {
  const file = path.join(dist, 'setup.js');
  return existsSync(file) ? readBundle(file) : undefined;
}

/**
 * Reads the loader.
 * @throws Failure badArguments
 */
export const readLoader = (dist: string): Image => readBundle(path.join(dist, 'loader.js'));
