// `npm run fleet`: thousands of virtual lights on a cluster of brokers whose nodes die, with a picture of how they come back.

import { runFleet } from './fleet/run.ts';
import { runProcess } from './process.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// A second signal leaves no brokers behind either.
for (const signal of SIGNALS) process.on(signal, () => {});

await runProcess('fleet', runFleet, { signals: SIGNALS });
