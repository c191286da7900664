// `npm run build`: the front of bundler/, which is TypeScript.

import { register } from 'tsx/esm/api';

register();
const { run } = await import('./bundler/cli.ts');
process.exitCode = await run(process.argv.slice(2));
