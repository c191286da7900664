// `npm run pictures`: takes the pictures of docs/page.md anew; with `--measure` it prints that page's figures instead.

import { argv, exit } from 'node:process';
import { openBrowser } from './pictures/camera.ts';
import { measure } from './pictures/measure.ts';
import { takePictures } from './pictures/scenes.ts';

try {
  const browser = await openBrowser();
  await (argv.includes('--measure') ? measure : takePictures)(browser, console.log);
  await browser.close();
} catch (error) {
  console.error(`pictures: ${(error as Error).message.split('\n')[0]}`);
  exit(1); // with all that it has started
}
