// `npm start`: a broker and virtual lights in one process, to try everything without a board.

import { runProcess } from './process.ts';
import { runSimulation } from './simulate/run.ts';

await runProcess('simulate', runSimulation, { signals: ['SIGINT', 'SIGTERM'] });
