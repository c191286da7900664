import { test } from 'node:test';
import { fuzzDecode } from '../support/fuzz.ts';

test('reads 10,000 mutated streams without a stray error, a hang or a byte too many', () => {
  fuzzDecode({ runs: 10_000, seed: 311 });
});
