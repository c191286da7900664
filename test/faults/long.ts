// `npm run test:long`: the random faults of `npm test`, by the ten thousand for each kind of broker, and the chip's by the thousand.

process.env['FAULT_CUTS'] ??= '10000';
process.env['FAULT_RACES'] ??= '1000';
await import('./faults.test.ts');
await import('./harm.test.ts');
