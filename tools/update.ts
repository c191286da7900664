// `npm run update`: updates boards over the air.

import { runProcess } from './update/process.ts';
import { runUpdate } from './update/run.ts';

process.exitCode = await runProcess('update', runUpdate);
