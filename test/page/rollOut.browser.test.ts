// Updates and settings from a real browser: success is what the board reports, and so is failure.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { A, imageWith } from '../support/updatable.ts';
import { chunksAt } from '../support/updating.ts';
import { assertAccessible, complaintsOf, inChromium } from './browser.ts';
import { createLightsRig, until, type LightsRig } from './rig.ts';

const B = imageWith('b');
const THROWS = imageWith('c', ';nosuch()');

/** For a trial on a busy computer. */
const TRIAL = { timeout: 60_000 };

inChromium('updates and settings', (open) => {
  let rig: LightsRig;
  let page: Page;
  let complaints: string[] = [];

  async function show(names: string[], bundle: string): Promise<void> {
    rig = await createLightsRig(names, { bundle });
    page = await open('about:blank');
    complaints = complaintsOf(page);
    await page.goto(rig.url);
    for (const name of names) await row(name).getByRole('switch').waitFor();
  }
  afterEach(async () => {
    await page.context().close();
    await rig.dispose();
    assert.deepEqual(complaints, []);
  });

  const row = (name: string) => page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) });
  const rollOut = () => page.getByRole('region', { name: 'Roll-out' });
  const info = (name: string) => rig.light(name)!.info;

  async function openLight(name: string) {
    await row(name).getByRole('button', { name }).click();
    return page.getByRole('dialog', { name });
  }

  test('one light is updated, and then all that are selected; the image is taken back', async () => {
    await show(['left', 'right'], B.path);
    const panel = await openLight('left');
    await panel.getByText(`Here is ${B.version}`).waitFor();
    await panel.getByRole('button', { name: 'Update' }).click();
    await panel.getByRole('progressbar', { name: 'Progress of left' }).waitFor();
    await panel.getByText(`trial kept: runs ${B.version}, before ${A}`).waitFor(TRIAL);
    await panel.getByText(`Up to date: ${B.version}`).waitFor();
    assert.deepEqual([info('left').version, info('right').version], [B.version, A]);
    await page.keyboard.press('Escape');
    await page.getByRole('checkbox', { name: 'Select all that are shown' }).check();
    await page.getByRole('region', { name: 'Several lights' }).getByRole('button', { name: 'Update' }).click();
    await rollOut().getByText(`update nothing to do: it runs ${B.version}`).waitFor();
    await rollOut().getByText(`2 of 2 boards run ${B.version}`).waitFor(TRIAL);
    await rollOut().getByText('2 done').waitFor();
    assert.equal(info('right').version, B.version);
    assert.deepEqual(chunksAt(rig.broker), []);
    await assertAccessible(page);
    await rollOut().getByRole('button', { name: 'Dismiss' }).click();
    await rollOut().waitFor({ state: 'detached' });
  });

  test('a program that throws is rolled back, and the lights behind it are left alone', async () => {
    await show(['left', 'right'], THROWS.path);
    await page.getByRole('checkbox', { name: 'Select all that are shown' }).check();
    await page.getByRole('region', { name: 'Several lights' }).getByRole('button', { name: 'Update' }).click();
    await rollOut().getByText(`trial rolled back: it runs ${A} again`).waitFor(TRIAL);
    await rollOut().getByText('halted: 1 board left as they are').waitFor();
    await rollOut().getByText('1 failed, 1 waiting').waitFor();
    assert.deepEqual([info('left').version, info('right').version], [A, A]);
  });

  test('a roll-out that is stopped goes on at the board', async () => {
    await show(['left'], B.path);
    const panel = await openLight('left');
    await panel.getByRole('button', { name: 'Update' }).click();
    await panel.getByRole('progressbar', { name: 'Progress of left' }).waitFor();
    await page.keyboard.press('Escape');
    await rollOut().getByRole('button', { name: 'Stop' }).click();
    await rollOut().getByText('no longer watched: it goes on by itself').waitFor();
    await until(() => info('left').version === B.version, 'the board goes on');
  });

  test('settings: a wrong one is told in its field, a good one is kept, an unreachable network is rolled back', async () => {
    await show(['left', 'right'], B.path);
    const panel = await openLight('left');
    await panel.getByText('Settings', { exact: true }).click();
    const send = panel.getByRole('button', { name: 'Send to 1 light' });
    await panel.getByLabel('keepAliveS').fill('4');
    await panel.getByText('wants a whole number from 5 to 3600').waitFor();
    await send.click();
    await panel.getByRole('alert').getByText('keepAliveS wants a whole number from 5 to 3600').waitFor();
    assert.equal(rig.documents.text('rollOut'), undefined);
    await panel.getByLabel('keepAliveS').fill('');
    await panel.getByLabel('powerOn').selectOption('last');
    await panel.getByLabel('topics').fill('home/hall\nhome/all');
    await assertAccessible(page);
    await send.click();
    await panel.getByText('trial kept').waitFor(TRIAL);
    await page.screenshot({ path: '/work/wt/tmp/settings.png' });
    const stored = () => JSON.parse(rig.boards[0]!.storage.read('light.json')!) as Record<string, unknown>;
    assert.deepEqual([stored().powerOn, stored().topics], ['last', ['home/hall', 'home/all']]);
    await panel.getByLabel('wifi.password').fill('not-the-password');
    await panel.getByLabel('wifi.ssid').fill('Home');
    await send.click();
    await panel.getByText('trial rolled back: it could not connect, and has its old settings').waitFor(TRIAL);
    await page.keyboard.press('Escape');
    assert.ok(![...rig.documents.keys()].some((key) => rig.documents.text(key)!.includes('not-the-password')));
  });

  test('a network without a password is an open one, and what is left empty is not sent', async () => {
    await show(['left'], B.path);
    const panel = await openLight('left');
    await panel.getByText('Settings', { exact: true }).click();
    const sent: object[] = [];
    const note = ({ settings }: Record<string, unknown>) => void sent.push(settings as object);
    rig.actions['configure'] = note;
    await panel.getByLabel('wifi.ssid').fill('Guests');
    await panel.getByLabel('activeLow').selectOption('no');
    await panel.getByRole('button', { name: 'Send to 1 light' }).click();
    await until(() => sent.length > 0, 'the settings are sent');
    assert.deepEqual(sent, [{ wifi: { ssid: 'Guests', password: '' }, activeLow: false }]);
  });

  test('settings for several lights ask for no name', async () => {
    await show(['left', 'right'], B.path);
    await page.getByRole('checkbox', { name: 'Select all that are shown' }).check();
    await page.getByRole('region', { name: 'Several lights' }).getByRole('button', { name: 'Settings' }).click();
    const panel = page.getByRole('dialog', { name: 'Settings of 2 lights' });
    assert.equal(await panel.getByLabel('name', { exact: true }).count(), 0);
    await panel.getByLabel('powerOn').selectOption('on');
    await panel.getByRole('button', { name: 'Send to 2 lights' }).click();
    await panel.waitFor({ state: 'detached' });
    await rollOut().getByText('2 done').waitFor(TRIAL);
    for (const board of rig.boards) assert.equal(JSON.parse(board.storage.read('light.json')!).powerOn, 'on');
  });
});
