// Measures the page with a thousand lights: how soon it is there, how smooth it is, and what it weighs.

import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { createBroker } from '../../sim/broker/embedded.ts';
import { freePort } from '../../sim/broker/daemon.ts';
import { makeFiles } from '../page/files.ts';
import { runPage } from '../page/run.ts';
import { openPage } from './camera.ts';
import { during } from './during.ts';

const LIGHTS = 1_000;
const WATCH_MS = 5_000;

/** Every light changes once in so many milliseconds: far more than a house does. */
const ROUND_MS = 1_000;

const MB = 1_000_000;

/** Notes the length of each frame while `WATCH_MS` pass; scrolls all the while when asked to. */
const FRAMES = (scrolls: boolean): string => `new Promise((resolve) => {
  const frames = []; const start = performance.now(); let last = start;
  requestAnimationFrame(function next(now) {
    frames.push(now - last); last = now;
    if (${scrolls}) scrollTo(0, ((now - start) * 4) % document.body.scrollHeight);
    if (now - start < ${WATCH_MS}) requestAnimationFrame(next); else resolve(frames.slice(1));
  });
})`;

/** The frames in words. */
function words(frames: number[]): string {
  const sorted = [...frames].sort((a, b) => a - b);
  const at = (part: number): string =>
    sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))]!.toFixed(1);
  return `${Math.round((1000 * frames.length) / WATCH_MS)} frames/s, median ${at(0.5)} ms, 95 % below ${at(0.95)} ms, longest ${at(1)} ms`;
}

async function heap(page: Page): Promise<{ heapMb: number; nodes: number }> {
  const session = await page.context().newCDPSession(page);
  await session.send('HeapProfiler.collectGarbage');
  await session.send('Performance.enable');
  const { metrics } = await session.send('Performance.getMetrics');
  const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
  return { heapMb: value('JSHeapUsedSize') / MB, nodes: value('Nodes') };
}

/** A thousand lights that report as real ones do, without the cost of as many virtual boards on this computer. */
export async function createReports() {
  const broker = createBroker();
  const port = await broker.start();
  const publish = (name: number, leaf: string, payload: string): Promise<void> =>
    broker.publish(`light/light-${name}/${leaf}`, payload, { retain: true });
  for (let name = 0; name < LIGHTS; name++) {
    const info = {
      version: '0.1.0',
      clientId: `id${name}`,
      ip: `10.0.${name >> 8}.${name & 255}`,
      rssi: -50 - (name % 30),
    };
    await publish(name, 'status', 'online');
    await publish(name, 'state', JSON.stringify({ state: name % 3 ? 'OFF' : 'ON', brightness: 255 - (name % 200) }));
    await publish(
      name,
      'info',
      JSON.stringify({ ...info, uptimeS: name, freeVariables: 5_000, reconnects: 0, restarts: 0 }),
    );
  }
  let isStopped = false;
  async function change(): Promise<void> {
    for (let round = 0; !isStopped; round++) {
      for (let name = 0; name < LIGHTS && !isStopped; name++) {
        await publish(name, 'state', JSON.stringify({ state: 'ON', brightness: 1 + ((name + round * 50) % 255) }));
        if (name % 10 === 9) await sleep(ROUND_MS / (LIGHTS / 10));
      }
    }
  }
  return { broker, port, change, stop: (): void => void (isStopped = true) };
}

type Changes = Pick<Awaited<ReturnType<typeof createReports>>, 'change' | 'stop'>;

/** Measures; prints a line for each figure. */
export async function measure(browser: Browser, print: (line: string) => void): Promise<void> {
  const files = await makeFiles();
  const bytes = [...files.values()].reduce((sum, { compressed }) => sum + compressed.length, 0);
  print(`compressed: ${bytes} bytes`);
  const { broker, port, change, stop } = await createReports();
  const pagePort = await freePort();
  await during(runPage, ['--broker', `127.0.0.1:${port}`, '--page-port', String(pagePort)], async () => {
    const page = await openPage(browser, `http://127.0.0.1:${pagePort}/`);
    await look(page, print, { change, stop });
    await page.context().close();
  });
  await broker.stop();
}

/** Measures an open page. */
async function look(page: Page, print: (line: string) => void, { change, stop }: Changes): Promise<void> {
  await page.getByRole('button', { name: /^All 1.000/ }).waitFor();
  const since = "Math.round(performance.getEntriesByName('first-contentful-paint')[0].startTime)";
  print(
    `first paint: ${String(await page.evaluate(since))} ms; all ${LIGHTS} lights: ${String(await page.evaluate('Math.round(performance.now())'))} ms`,
  );
  print(`at rest: ${words((await page.evaluate(FRAMES(false))) as number[])}`);
  print(`scrolling: ${words((await page.evaluate(FRAMES(true))) as number[])}`);
  const changes = change();
  print(`${LIGHTS} changes a second: ${words((await page.evaluate(FRAMES(false))) as number[])}`);
  print(`both: ${words((await page.evaluate(FRAMES(true))) as number[])}`);
  stop();
  await changes;
  const { heapMb, nodes } = await heap(page);
  print(`memory: ${heapMb.toFixed(1)} MB of JavaScript, ${nodes} DOM nodes`);
}
