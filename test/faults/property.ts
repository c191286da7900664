// Checks a property on random cases; a failure is shrunk, and printed with its seed.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import fc from 'fast-check';

/** `FAULT_SEED=… npm test` repeats a failure. */
const SEED = process.env['FAULT_SEED'];

interface Options<Case> {
  numRuns: number;
  /** False where a case takes long. */
  isShrunk?: boolean;
  /** Describes a case, where the error of `holds` does not. */
  text?: (one: Case) => string;
}

/** Checks that `holds` rejects for no case; prints the sums of what it counts. */
export async function checkProperty<Case>(
  t: TestContext,
  cases: fc.Arbitrary<Case>,
  holds: (one: Case) => Promise<Record<string, number>>,
  { numRuns, text = () => '', isShrunk = true }: Options<Case>,
): Promise<void> {
  const sums: Record<string, number> = {};
  const property = fc.asyncProperty(cases, async (one) => {
    for (const [name, count] of Object.entries(await holds(one))) sums[name] = (sums[name] ?? 0) + count;
  });
  const run = await fc.check(property, { numRuns, endOnFailure: !isShrunk, ...(SEED ? { seed: Number(SEED) } : {}) });
  if (run.counterexample) {
    const [one] = run.counterexample;
    assert.fail(`FAULT_SEED=${run.seed}\n${(run.errorInstance as Error).message}\n${text(one)}`);
  }
  t.diagnostic(
    Object.entries(sums)
      .map(([name, count]) => `${count} ${name}`)
      .join(', '),
  );
}
