// `npm run configure`: changes the settings of boards over the air.

import { runConfigure } from './configure/run.ts';
import { runProcess } from './process.ts';

await runProcess('configure', runConfigure);
