// The image: the one file with the light's program and its updater, each on a line of its own.
//
// They travel together, so that they always fit together. Line 1 runs alone as `.bootcde`; line 2 is a function expression, which
// the light evaluates when it needs it.

import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { build, NO_HASH, PROJECT, type Build, type BuildOptions } from './bundle.ts';
import { PROGRAMS } from './programs.ts';
import type { Size } from './size.ts';

/** All that is flashed. */
export interface Image extends Pick<Build, 'code' | 'problems'> {
  /** One for each program in it. */
  sizes: Size[];
}

/** Builds the image. With Espruino's tinyMQTT there are no updates: its image is the program alone. */
export async function buildImage(options: BuildOptions): Promise<Image> {
  const hasUpdates =
    options.mqtt !== 'tinyMQTT' && existsSync(path.join(options.root ?? PROJECT, PROGRAMS.update.entry));
  const programs = hasUpdates ? (['light', 'update'] as const) : (['light'] as const);
  const builds = await Promise.all(programs.map((program) => build({ ...options, program })));
  return {
    code: withHash(builds.map(({ code }) => code).join('\n')),
    problems: builds.flatMap(({ problems }) => problems),
    sizes: builds.flatMap(({ size }) => size ?? []),
  };
}

/** Puts the first digits of the image's SHA-256 into its version: same sources, same version; other sources, another. */
function withHash(code: string): string {
  const hash = createHash('sha256').update(code, 'latin1').digest('hex').slice(0, NO_HASH.length);
  return code.replaceAll(`+${NO_HASH}`, `+${hash}`);
}
