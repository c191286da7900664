// A Chromium that takes pictures of a page, as WebP.

import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { chromium, type Browser, type Page } from 'playwright-core';

const FOLDER = new URL('../../docs/pictures/', import.meta.url);
const QUALITY = 78;

/** Pixels per point. */
const DENSITY = 1.5;
const DESKTOP = { width: 1360, height: 850 };
const PHONE = { width: 390, height: 844 };

/** How a page is looked at. */
interface Look {
  scheme?: 'light' | 'dark';
  isPhone?: boolean;
}

/** Opens Chromium; CHROMIUM names another one than Debian's. */
export const openBrowser = (): Promise<Browser> =>
  // a container's root has no user namespaces for the sandbox; what is loaded is our own page
  chromium.launch({ executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium', args: ['--no-sandbox'] });

/** Opens a page. */
export async function openPage(
  browser: Browser,
  url: string,
  { scheme = 'light', isPhone = false }: Look = {},
): Promise<Page> {
  const context = await browser.newContext({
    viewport: isPhone ? PHONE : DESKTOP,
    deviceScaleFactor: DENSITY,
    colorScheme: scheme,
  });
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** Takes a picture of what is on the screen. */
export async function takePicture(page: Page, name: string): Promise<void> {
  await page.evaluate('document.activeElement.blur()');
  const session = await page.context().newCDPSession(page);
  const { data } = await session.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
  writeFileSync(fileURLToPath(new URL(`${name}.webp`, FOLDER)), Buffer.from(data, 'base64'));
  await session.detach();
}
