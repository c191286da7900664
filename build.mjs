// `npm run build`: the front of bundler/, which is TypeScript.

import { register } from 'tsx/esm/api';

register();
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {}); // a reader that goes away is no failure
const { run } = await import('./bundler/cli.ts');
process.exitCode = await run(process.argv.slice(2));
