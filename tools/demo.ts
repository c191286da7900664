// `npm run demo`: draws docs/demo.svg from a real run of `npm start` and mosquitto_pub.

import { writeFileSync } from 'node:fs';
import { drawDemo } from './demo/draw.ts';
import { recordDemo } from './demo/record.ts';

const PICTURE = new URL('../docs/demo.svg', import.meta.url);

try {
  writeFileSync(PICTURE, drawDemo(await recordDemo()));
} catch (error) {
  console.error(`demo: ${(error as Error).message}`);
  process.exitCode = 1;
}
