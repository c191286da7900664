// `npm run pictures`: takes the pictures of docs/page.md anew; `-- 2 30` those with so many lights, and `-- --measure` prints
// that page's figures instead.

import { argv, exit } from 'node:process';
import { openBrowser } from './pictures/camera.ts';
import { measure } from './pictures/measure.ts';
import { takePictures } from './pictures/scenes.ts';

/** Lights: the numbers that docs/page.md shows. */
const COUNTS = [2, 30, 1_000];

try {
  const browser = await openBrowser();
  const counts = argv.slice(2).map(Number);
  if (argv.includes('--measure')) await measure(browser, console.log);
  else await takePictures(browser, counts.length > 0 ? counts : COUNTS, console.log);
  await browser.close();
} catch (error) {
  console.error(`pictures: ${(error as Error).message.split('\n')[0]}`);
  exit(1); // with all that it has started
}
