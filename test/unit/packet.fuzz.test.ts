// `npm run fuzz -- [SEED]` reads a million streams, of another seed each time; what fails names its seed.

import { test } from 'node:test';
import { fuzzDecode } from '../support/fuzz.ts';

const [, , runs = 10_000, seed = process.argv[2] ? Date.now() % 2 ** 31 : 311] = process.argv;

test(`reads ${runs} mutated streams without a stray error, a hang or a byte too many`, () => {
  fuzzDecode(Number(runs), Number(seed));
});
