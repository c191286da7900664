// The page in Chromium, at the size of a phone: no script, no error, nothing for axe to find, and the whole walk.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { chromium, type Page } from 'playwright-core';
import { createBench } from './rig.ts';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome'];
const executable = (process.env['PATH'] ?? '')
  .split(delimiter)
  .flatMap((folder) => NAMES.map((name) => join(folder, name)))
  .find((path) => existsSync(path));
const NEEDS_CHROMIUM = { skip: !executable && 'needs chromium (Debian: apt install chromium)', timeout: 60_000 };

const PHONE = { width: 390, height: 844 };
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** A phone that has joined the access point of a board. */
async function openPhone(t: TestContext, colorScheme: 'light' | 'dark') {
  const home = await createBench(t);
  home.house.accessPoint.neighbours.push(
    { ssid: '<b>&"\'', mac: '2', rssi: -70, authMode: 'open', channel: '1' },
    { ssid: 'K\xc3\xbcche', mac: '3', rssi: -80, authMode: 'wpa2', channel: '1' },
  );
  await home.board.waitFor('-> null');
  await home.pass(4_000);
  const port = await home.join();
  const args = ['--no-sandbox', `--host-resolver-rules=MAP 192.168.4.1:80 127.0.0.1:${port}`];
  const browser = await chromium.launch({ executablePath: executable!, args });
  t.after(() => browser.close());
  const page = await browser.newPage({ viewport: PHONE, colorScheme, javaScriptEnabled: true });
  const errors: string[] = [];
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('pageerror', (error) => errors.push(error.message));
  return { home, page, errors };
}

/** What axe has against a page. */
async function complaints(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  const { violations } = (await page.evaluate('axe.run()')) as { violations: { id: string; help: string }[] };
  return violations.map(({ id, help }) => `${id}: ${help}`);
}

test('sets a board up', NEEDS_CHROMIUM, async (t) => {
  const { home, page, errors } = await openPhone(t, 'light');
  await page.goto('http://192.168.4.1/');
  assert.deepEqual(await complaints(page), []);
  const width = (await page.evaluate('document.documentElement.scrollWidth')) as number;
  assert.equal(width, PHONE.width, 'nothing sticks out');
  assert.equal(await page.locator('script').count(), 0);
  const network = page.getByLabel('Wi-Fi network');
  assert.deepEqual(await network.locator('option').allTextContents(), [
    ...['choose, or name another below', 'Home', '<b>&"\' (open)', 'Küche'],
  ]);

  await network.selectOption('Home');
  await page.getByLabel('Wi-Fi password').fill('wrong-password');
  await page.getByLabel('MQTT broker').fill('broker');
  await page.getByLabel('Name of this light').fill('Küche & "Flur"'.replace(/[ "]/g, ''));
  await page.getByRole('button', { name: 'Try and save' }).click();
  assert.match(await page.getByRole('status').first().textContent().then(String), /^Trying Home/);
  assert.deepEqual(await complaints(page), []);

  await home.result();
  await page.getByRole('button', { name: 'Show the result' }).click();
  const alert = await page.getByRole('alert').textContent();
  assert.equal(alert, 'Not saved: the Wi-Fi password is wrong');
  assert.deepEqual(await complaints(page), []);
  assert.equal(await network.inputValue(), '0', 'the choice is kept');
  assert.equal(await page.getByLabel('Name of this light').inputValue(), 'Küche&Flur');
  assert.equal(await page.getByLabel('Wi-Fi password').inputValue(), '');

  await page.getByLabel('Wi-Fi password').fill('secret-password');
  await page.getByRole('button', { name: 'Try and save' }).click();
  await home.until(() => home.saved() !== undefined);
  await page.getByRole('button', { name: 'Show the result' }).click();
  assert.match(String(await page.getByRole('status').textContent()), /^Saved: the light is 192\.168\.1\.\d+ in Home\./);
  assert.deepEqual(await complaints(page), []);
  assert.deepEqual(errors, []);
  await home.board.waitFor('mqtt connected');
  assert.equal(home.saved()!['name'], 'K\xc3\xbcche&Flur');
});

test('is as good in the dark', NEEDS_CHROMIUM, async (t) => {
  const { home, page } = await openPhone(t, 'dark');
  await home.post({});
  await page.goto('http://192.168.4.1/');
  assert.match(String(await page.getByRole('alert').textContent()), /wants/);
  assert.equal(await page.evaluate('matchMedia("(prefers-color-scheme: dark)").matches'), true);
  assert.deepEqual(await complaints(page), []);
});
