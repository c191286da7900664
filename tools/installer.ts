// `npm run installer`: a page that installs the light from a browser.

import { runInstaller } from './installer/run.ts';
import { runProcess } from './process.ts';

await runProcess('installer', runInstaller, { endsWithReader: false });
