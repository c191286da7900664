// `npm run update`: updates boards over the air.

import { runProcess } from './process.ts';
import { runUpdate } from './update/run.ts';

await runProcess('update', runUpdate);
