// `npm run test:long`: the random faults of `npm test`, by the ten thousand for each kind of broker.

process.env['FAULT_CUTS'] ??= '10000';
await import('./faults.test.ts');
