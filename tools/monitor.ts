// `npm run monitor`: shows the console of boards.

import { runMonitor } from './flash/monitor.ts';
import { runProcess } from './process.ts';

await runProcess('monitor', runMonitor);
