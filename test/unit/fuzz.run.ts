// `npm run fuzz`: a million mutated streams with a seed of their own, a progress line, and the seed of whatever fails.
//   npm run fuzz -- [RUNS] [SEED]

import { fuzzDecode } from '../support/fuzz.ts';

/** Runs between two updates of the progress line. */
const STEP_RUNS = 10_000;

const runs = Number(process.argv[2] ?? 1_000_000);
const seed = Number(process.argv[3] ?? Date.now() % 2 ** 31);
const isTerminal = process.stdout.isTTY;
const startMs = performance.now();

if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(seed)) {
  console.error('fuzz: usage: npm run fuzz -- [RUNS] [SEED]');
  process.exit(2);
}

function onProgress(done: number): void {
  if (done % STEP_RUNS && done < runs) return;
  const seconds = (performance.now() - startMs) / 1000;
  const line = `fuzz: seed ${seed}, ${done} of ${runs} streams, ${Math.round(done / seconds)}/s`;
  const isLast = done >= runs;
  if (isTerminal) process.stdout.write(`\r${line}${isLast ? '\n' : ''}`);
  else if (isLast || done % (10 * STEP_RUNS) === 0) console.log(line);
}

try {
  fuzzDecode({ runs, seed, onProgress });
  console.log('fuzz: nothing found');
} catch (error) {
  console.error(`\nfuzz: found with seed ${seed} (run again: npm run fuzz -- ${runs} ${seed})`);
  console.error((error as Error).message);
  console.error(String((error as Error).cause));
  process.exitCode = 1;
}
