// The page in Chromium: it loads without an error, from this computer alone, and installs a scripted chip through Web Serial.

import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { chromium, type Page } from 'playwright-core';
import type { VirtualBoard } from '../../sim/board/board.ts';
import { until } from '../../tools/flash/until.ts';
import { serve } from '../../tools/installer/serve.ts';
import { ARCHIVE, install, newFolder } from '../support/installing.ts';
import { createBench } from '../setup/rig.ts';
import { createScriptedRom, type ScriptedRom } from '../support/scriptedRom.ts';

const EXECUTABLE = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(existsSync);
const NEEDS_CHROMIUM = { skip: EXECUTABLE === undefined && 'needs chromium', timeout: 120_000 };

/** Opens the installer's page; gives what the browser complained about, and what it asked for elsewhere. */
async function withPage(
  prepare: (page: Page) => Promise<void>,
  run: (page: Page, seen: { complaints: string[]; foreign: string[] }, folder: string) => Promise<void>,
): Promise<void> {
  const folder = newFolder();
  await install(['--interpreter', ARCHIVE, '--out', folder], { dist: 'dist' });
  const stop = new AbortController();
  let open = (_url: string) => {};
  const opened = new Promise<string>((resolve) => (open = resolve));
  const served = serve(folder, { port: 0, signal: stop.signal }, open);
  const browser = await chromium.launch({ executablePath: EXECUTABLE!, args: ['--no-sandbox'] });
  try {
    const url = await opened;
    const page = await browser.newPage();
    const seen = { complaints: [] as string[], foreign: [] as string[] };
    page.on('console', (message) => message.type() === 'error' && seen.complaints.push(message.text()));
    page.on('pageerror', (error) => seen.complaints.push(error.message));
    page.on('request', (request) => !request.url().startsWith(url) && seen.foreign.push(request.url()));
    await prepare(page);
    await page.goto(url);
    await run(page, seen, folder);
  } finally {
    await browser.close();
    stop.abort();
    await served;
  }
}

test('loads without an error and without a request to anybody else', NEEDS_CHROMIUM, () =>
  withPage(
    () => Promise.resolve(),
    async (page, seen) => {
      await page.waitForSelector('esp-web-install-button[install-supported]');
      assert.equal(await page.locator('esp-web-install-button button').isVisible(), true);
      await page.waitForLoadState('networkidle');
      assert.deepEqual(seen, { complaints: [], foreign: [] });
    },
  ),
);

/** Makes the page's serial port out of two functions of the test. */
function fakeSerial(): void {
  interface Bridge {
    toChip(bytes: number[]): void;
    fromChip(bytes: number[]): void;
    resetChip(): Promise<void>;
  }
  const bridge = globalThis as unknown as Bridge;
  const port = {
    readable: null as unknown,
    writable: null as unknown,
    getInfo: () => ({}),
    setSignals: ({ requestToSend }: { requestToSend?: boolean }) =>
      requestToSend ? bridge.resetChip() : Promise.resolve(),
    addEventListener() {},
    removeEventListener() {},
    async open() {
      port.readable = new ReadableStream({
        start: (controller) => void (bridge.fromChip = (bytes) => controller.enqueue(Uint8Array.from(bytes))),
      });
      port.writable = new WritableStream({ write: (bytes: Uint8Array) => bridge.toChip([...bytes]) });
    },
    close: () => Promise.resolve(),
  };
  const { navigator } = globalThis as unknown as { navigator: object };
  Object.defineProperty(navigator, 'serial', { value: { requestPort: () => Promise.resolve(port) } });
}

/** Puts the serial line of a virtual board on a TCP port; gives its address. */
async function lineOf(t: TestContext, { serialLine }: VirtualBoard): Promise<string> {
  const server = createServer((socket) => {
    const stop = serialLine.onBytes((bytes) => socket.write(Buffer.from(bytes, 'latin1')));
    socket.on('data', (bytes) => serialLine.send(bytes.toString('latin1')));
    socket.on('close', stop).on('error', () => {});
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Connects the page's serial port to a chip. */
async function plugIn(t: TestContext, page: Page, chip: ScriptedRom): Promise<void> {
  const { hostname, port } = new URL(await chip.listen());
  const line = connect(Number(port), hostname);
  t.after(async () => {
    line.destroy();
    await chip.close();
  });
  await page.exposeFunction('toChip', (bytes: number[]) => void line.write(Buffer.from(bytes)));
  await page.exposeFunction('resetChip', () => chip.reset());
  line.on('data', (data) => {
    const deliver = (bytes: number[]) =>
      (globalThis as unknown as { fromChip?(bytes: number[]): void }).fromChip?.(bytes);
    void page.evaluate(deliver, [...data]).catch(() => {});
  });
  // tsx calls a function of its own for every function's name.
  await page.addInitScript(`globalThis.__name = (one) => one; (${fakeSerial.toString()})()`);
}

function assertInstalled(chip: ScriptedRom, folder: string): void {
  for (const [name, address] of [
    ['bootloader.bin', 0x0],
    ['partition-table.bin', 0x8000],
    ['espruino-esp32c3.bin', 0x1_0000],
    ['storage.bin', 0x32_0000],
  ] as const) {
    const bytes = readFileSync(join(folder, 'esp32c3', name));
    assert.ok(chip.flash.subarray(address, address + bytes.length).equals(bytes), name);
  }
}

test('installs interpreter and light in one pass, and gives the light its Wi-Fi', NEEDS_CHROMIUM, async (t) => {
  const home = await createBench(t, { ap: null, speed: 5 });
  const chip = createScriptedRom({ chip: 'ESP32-C3', becomes: await lineOf(t, home.board) });
  await withPage(
    (page) => plugIn(t, page, chip),
    async (page, seen, folder) => {
      await page.locator('esp-web-install-button button').click();
      await page.getByText('Install Espruino light').click();
      await page.getByRole('button', { name: 'Install' }).last().click();
      const isDone = await until(() => chip.log.filter((one) => one === 'compressedEnd').length === 4, 60_000);
      assert.ok(isDone, `${chip.log.join()} ${seen.complaints.join()}`);
      await page.getByText('Next', { exact: true }).click();
      assertInstalled(chip, folder);
      await page.getByLabel('Password').fill('secret-password');
      await page.getByRole('button', { name: 'Connect' }).last().click();
      await page.getByText('Visit Device', { exact: true }).waitFor();
      assert.deepEqual(home.saved(), { wifi: { ssid: 'Home', password: 'secret-password' } });
      const [first, ...others] = seen.complaints;
      assert.match(first ?? '', /Improv Wi-Fi Serial not detected/, 'said of the bare chip, before the installation');
      assert.deepEqual([others, seen.foreign], [[], []]);
    },
  );
});
