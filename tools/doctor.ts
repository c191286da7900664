// `npm run doctor`: one look at the lights of a broker, one line per finding.

import { runDoctor } from './doctor/run.ts';
import { runProcess } from './process.ts';

await runProcess('doctor', runDoctor);
