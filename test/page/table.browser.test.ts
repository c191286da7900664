// The table of `npm start` in a real browser: each control does to the board what it says.
import assert from 'node:assert/strict';
import { afterEach, beforeEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { dutyOf } from '../support/curve.ts';
import { assertAccessible, complaintsOf, inChromium } from './browser.ts';
import { createTableRig, until, type TableRig } from './rig.ts';

/** For the way to the board, and for a switch that bounces (src/button.ts); in chip milliseconds. */
const RELEASE_MS = 2_000;

inChromium('the table', (open) => {
  let rig: TableRig;
  let page: Page;
  let complaints: string[];

  beforeEach(async () => {
    rig = await createTableRig();
    page = await open('about:blank');
    complaints = complaintsOf(page);
    await page.goto(rig.url);
    for (const at of [0, 1]) await card(at).getByText('connected', { exact: true }).waitFor();
  });
  afterEach(async () => {
    await page.context().close();
    await rig.dispose();
    assert.deepEqual(complaints, []);
  });

  const card = (at: number) => page.getByRole('region', { name: rig.names[at]!, exact: true });
  const state = (at: number, words: string) => card(at).getByText(words, { exact: true }).waitFor();
  const lit = (at: number, duty: number) =>
    until(() => Math.abs(rig.duty(at) - duty) < 0.003, `lamp ${at} has duty ${duty}, and not ${rig.duty(at)}`);
  const glow = (at: number): Promise<number> =>
    card(at)
      .locator('.glow')
      .evaluate((element) => Number((element as unknown as { style: { opacity: string } }).style.opacity));

  test('switch and sliders set the pin, and the picture glows as the pin says', async () => {
    await card(0)
      .getByRole('switch', { name: `${rig.names[0]} on` })
      .click();
    await lit(0, 1);
    await until(async () => (await glow(0)) === 1, 'the picture glows');
    assert.equal(await glow(1), 0);
    await card(0).getByRole('slider').fill('128');
    await lit(0, dutyOf(128));
    await until(async () => Math.abs((await glow(0)) - 128 / 255) < 0.01, 'the picture glows half');
    assert.equal(rig.duty(1), 0);
    await page.getByRole('slider', { name: 'Brightness of all' }).fill('40');
    for (const at of [0, 1]) await lit(at, dutyOf(40));
    await card(0)
      .getByRole('switch', { name: `${rig.names[0]} on` })
      .click();
    await lit(0, 0);
  });

  /** Waits until the chip has noticed that BOOT is up, by its own time. */
  async function released(): Promise<void> {
    const board = rig.house.boards[0]!;
    const untilMs = board.nowMs() + RELEASE_MS;
    await until(() => board.nowMs() > untilMs, 'the chip has noticed');
  }

  test('BOOT is a button by mouse and by keyboard, and ten seconds on it forget the Wi-Fi', async () => {
    const boot = card(0).getByRole('button', { name: 'BOOT' });
    await boot.hover();
    await page.mouse.down();
    await lit(0, 1);
    await page.mouse.up();
    await boot.focus();
    await released();
    await page.keyboard.down('Space');
    await lit(0, 0);
    await page.keyboard.up('Space');
    await released();
    await page.keyboard.down('Space');
    await lit(0, 1);
    await page.keyboard.up('Space');
    await released();
    await page.keyboard.down('Enter');
    await state(0, 'no Wi-Fi');
    await page.keyboard.up('Enter');
    await card(0).getByRole('button', { name: 'Flash' }).click();
    await state(0, 'connected');
    await lit(0, 0);
    await boot.evaluate((button) => (button as unknown as { click(): void }).click()); // as a screen reader does
    await lit(0, 1);
  });

  test('the power plug takes the light away, and gives it back', async () => {
    const power = card(0).getByRole('switch', { name: `Power of ${rig.names[0]}` });
    await card(0)
      .getByRole('switch', { name: `${rig.names[0]} on` })
      .click();
    await until(async () => (await glow(0)) === 1, 'the picture glows');
    await power.click();
    await state(0, 'unplugged');
    assert.equal(rig.house.boards[0]!.isOn(), false);
    await until(async () => (await glow(0)) === 0, 'no power, no light');
    await power.click();
    await state(0, 'connected');
  });

  test('a broker that goes and comes back is shown, and heals without a reload', async () => {
    const broker = page.getByRole('switch', { name: 'Broker' });
    await broker.click();
    await page.getByText(/^The broker .* is away/).waitFor();
    for (const at of [0, 1]) await state(at, 'no broker');
    await broker.click();
    for (const at of [0, 1]) await state(at, 'connected');
    await page.getByText(/^The broker .* is away/).waitFor({ state: 'detached' });
    await card(1)
      .getByRole('switch', { name: `${rig.names[1]} on` })
      .click();
    await lit(1, 1);
  });

  test('a link is cut and found dead, Wi-Fi goes and comes back, a flood passes', async () => {
    const downs = card(0).getByText(/^mqtt down/);
    assert.equal(await downs.count(), 0);
    await card(0).getByRole('button', { name: 'Cut the link' }).click();
    await downs.waitFor();
    assert.match((await downs.textContent())!, /^mqtt down: no PINGRESP/); // nobody has told it
    await state(0, 'connected');
    assert.equal(await downs.count(), 1);
    const wifi = page.getByRole('switch', { name: 'Wi-Fi' });
    await wifi.click();
    for (const at of [0, 1]) await state(at, 'no Wi-Fi');
    await wifi.click();
    for (const at of [0, 1]) await state(at, 'connected');
    await page.getByRole('button', { name: 'Start' }).click();
    await page.getByRole('button', { name: 'Flooding' }).waitFor();
    await page.getByRole('button', { name: 'Start' }).waitFor();
    for (const at of [0, 1]) {
      assert.ok(rig.house.boards[at]!.pin('D5').history.length > 100);
      await state(at, 'connected');
    }
  });

  test('the story plays: one identifier throws both off for ever, one each heals', async () => {
    const story = page.getByRole('region', { name: 'The story' });
    await story.getByRole('button', { name: 'Give both boards one identifier' }).click();
    await story.getByText(/both call themselves light932552738/).waitFor();
    await story.getByText('light932552738 is already connected: its old connection is closed').nth(4).waitFor();
    for (const at of [0, 1])
      await card(at)
        .getByText(/^thrown off/)
        .nth(2)
        .waitFor();
    assert.deepEqual(
      rig.broker.clients().filter((id) => !id.startsWith('page')),
      ['light932552738'],
    );
    await story.getByRole('button', { name: 'Give each its own' }).click();
    for (const at of [0, 1])
      await card(at)
        .getByText(/^[0-9A-Za-z]{23}$/)
        .waitFor();
    assert.equal(rig.broker.clients().filter((id) => /^[0-9A-Za-z]{23}$/.test(id)).length, 2);
    assert.equal(await story.locator('.count b').textContent(), '0');
    await page.getByRole('slider', { name: 'Brightness of all' }).fill('255');
    for (const at of [0, 1]) await lit(at, 1);
  });

  test('the line to try is copied, and is a command for the broker', async () => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await page.getByRole('button', { name: 'Copy' }).click();
    await page.getByText('Copied').waitFor();
    const copied = String(await page.evaluate('navigator.clipboard.readText()'));
    assert.equal(copied, `mosquitto_pub -p ${rig.broker.port} -t home/bedroom/light -m on`);
  });

  test('axe finds nothing serious, and the lights of the table are a list, too', async () => {
    await assertAccessible(page);
    await page.getByRole('link', { name: 'Lights' }).click();
    await page.getByRole('row', { name: rig.names[1]! }).waitFor();
    await assertAccessible(page);
  });
});
