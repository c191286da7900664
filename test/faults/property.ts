// Tries a property on random cases; a failure is shrunk, and told with its seed.

import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import fc from 'fast-check';

/** `FAULT_SEED=… npm test`: again, as in a failure. */
const SEED = process.env['FAULT_SEED'];

/** How often, and how a case is told where `holds` does not do it itself. */
export interface HoldsOptions<Case> {
  numRuns: number;
  /** Where a case takes its time. */
  isShrunk?: boolean;
  text?: (one: Case) => string;
}

/** Sums up what the cases count, and tells the sums when all is well. */
export async function always<Case>(
  t: TestContext,
  cases: fc.Arbitrary<Case>,
  holds: (one: Case) => Promise<Record<string, number>>,
  { numRuns, text = () => '', isShrunk = true }: HoldsOptions<Case>,
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
  const told = Object.entries(sums).map(([name, count]) => `${count} ${name}`);
  t.diagnostic(told.join(', '));
}
