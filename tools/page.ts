// `npm run page`: the lights of your own broker on a web page.

import { runPage } from './page/run.ts';
import { runProcess } from './process.ts';

await runProcess('page', runPage, { signals: ['SIGINT', 'SIGTERM'] });
