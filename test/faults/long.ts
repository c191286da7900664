// `npm run test:long`: the random faults of `npm test` by the ten thousand for each kind of broker, the chip's by the thousand, and a
// million changes of the lamp.

process.env['FAULT_CUTS'] ??= '10000';
process.env['FAULT_RACES'] ??= '1000';
process.env['BOOTS'] ??= '10000';
await import('./faults.test.ts');
await import('./harm.test.ts');
await import('../unit/powerOn.test.ts');
