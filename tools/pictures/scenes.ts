// The scenes of the pictures: both pages with 2, 30 and 1,000 lights, and the story in four.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { freePort } from '../../sim/broker/daemon.ts';
import { runPage } from '../page/run.ts';
import { runSimulation } from '../simulate/run.ts';
import { openPage, takePicture } from './camera.ts';
import { during } from './during.ts';
import { createFleet } from './fleet.ts';
import { createReports } from './measure.ts';

const START_MS = 120_000;

/** Fades, and what else still moves. */
const CALM_MS = 1_500;

/** The story of two boards. */
async function tellStory(page: Page): Promise<void> {
  const story = page.getByRole('region', { name: 'The story' });
  await page.getByRole('slider', { name: 'Brightness of all' }).fill('200');
  await sleep(CALM_MS);
  await takePicture(page, 'story-1');
  await story.getByRole('button', { name: /^Give both/ }).click();
  await page
    .getByText(/^thrown off/)
    .first()
    .waitFor();
  await takePicture(page, 'story-2');
  await sleep(8_000);
  await takePicture(page, 'story-3');
  await story.getByRole('button', { name: /^Give each/ }).click();
  await page
    .getByText(/^[0-9A-Za-z]{23}$/)
    .nth(1)
    .waitFor();
  await page.getByRole('slider', { name: 'Brightness of all' }).fill('255');
  await sleep(CALM_MS);
  await takePicture(page, 'story-4');
}

/** A page may not look for itself: its policy forbids what waits there. */
async function untilTiles(page: Page, count: number): Promise<void> {
  const connected = "document.querySelectorAll('.tile .good').length";
  for (const endMs = Date.now() + START_MS; ((await page.evaluate(connected)) as number) < count; await sleep(500))
    if (Date.now() > endMs) throw new Error('not all boards connect');
}

async function table(browser: Browser, count: number): Promise<void> {
  const [port, pagePort] = [await freePort(), await freePort()];
  const argv = ['--nodes', String(count), '--port', String(port), '--page-port', String(pagePort)];
  await during(runSimulation, argv, async () => {
    const page = await openPage(browser, `http://127.0.0.1:${pagePort}/`, { scheme: count === 30 ? 'dark' : 'light' });
    if (count > 2) await untilTiles(page, count);
    else await page.getByText('connected', { exact: true }).nth(1).waitFor();
    await page.getByRole('slider', { name: 'Brightness of all' }).fill('180');
    await sleep(CALM_MS);
    if (count === 2) await page.getByRole('switch', { name: /0002 on$/ }).click();
    await sleep(CALM_MS);
    await takePicture(page, `table-${count}`);
    if (count === 2) await tellStory(page);
    await page.context().close();
  });
}

/** More lights than this report without boards behind them: the page sees no difference, and this computer does. */
const MAX_FLEET = 100;

async function createReporting(): Promise<Awaited<ReturnType<typeof createFleet>>> {
  const { broker, port } = await createReports();
  return { port, call: () => sleep(CALM_MS), dispose: () => broker.stop() };
}

async function lights(browser: Browser, count: number): Promise<void> {
  const fleet = count > MAX_FLEET ? await createReporting() : await createFleet(count);
  const pagePort = await freePort();
  await during(runPage, ['--broker', `127.0.0.1:${fleet.port}`, '--page-port', String(pagePort)], async () => {
    const url = `http://127.0.0.1:${pagePort}/`;
    const page = await openPage(browser, url);
    await fleet.call();
    await sleep(CALM_MS);
    await takePicture(page, `lights-${count}`);
    await page.context().close();
    if (count !== 30) return;
    const phone = await openPage(browser, url, { scheme: 'dark', isPhone: true });
    await sleep(CALM_MS);
    await takePicture(phone, 'lights-phone');
    await phone.context().close();
  });
  await fleet.dispose();
}

/** Takes the pictures with so many lights. */
export async function takePictures(browser: Browser, counts: number[], print: (line: string) => void): Promise<void> {
  for (const count of counts) {
    print(`${count} lights`);
    await lights(browser, count);
    await table(browser, count);
  }
}
