// A real Chromium for the tests of the page; everything that it complains about fails the test.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { after, before, describe } from 'node:test';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Where it is; undefined on a machine without one. */
function chromiumPath(): string | undefined {
  const found = NAMES.map((name) => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim());
  return found.find((path) => path !== '');
}

/** Opens pages in one browser. */
export type Open = (url: string, options?: BrowserContextOptions) => Promise<Page>;

/** Tests in Chromium; skipped where there is none. */
export function inChromium(name: string, body: (open: Open) => void): void {
  const path = chromiumPath();
  describe(name, { skip: path ? false : 'install chromium' }, () => {
    let browser: Browser;
    before(async () => {
      // a container's root has no user namespaces for the sandbox; what is loaded is our own page
      browser = await chromium.launch({ executablePath: path!, args: ['--no-sandbox'] });
    });
    after(() => browser.close());
    body(async (url, options = {}) => {
      const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, ...options });
      const page = await context.newPage();
      await page.goto(url);
      return page;
    });
  });
}

/** Notes whatever the page complains about, from now on. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  return complaints;
}

interface Violation {
  id: string;
  impact: string;
  nodes: { html: string; failureSummary: string }[];
}

/** Checks that axe finds nothing serious. */
export async function assertAccessible(page: Page): Promise<void> {
  await page.evaluate(AXE); // not as a script of the page: its policy refuses those
  const violations = await page.evaluate('axe.run().then(({ violations }) => violations)');
  const serious = (violations as Violation[]).filter(({ impact }) => ['serious', 'critical'].includes(impact));
  assert.deepEqual(
    serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(' | ')}`),
    [],
  );
}
