// `npm run flash`: turns boards with a bare interpreter into lights.

import { runFlash } from './flash/run.ts';
import { runProcess } from './process.ts';

// A closed pipe must not break a transfer.
await runProcess('flash', runFlash, { endsWithReader: false });
