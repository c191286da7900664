// The lights of a broker in a real browser: what is shown is what lights report, whatever comes over the wire.
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { Page } from 'playwright-core';
import { dutyOf } from '../support/curve.ts';
import { assertAccessible, complaintsOf, inChromium } from './browser.ts';
import { createLightsRig, until, type LightsRig } from './rig.ts';

const LIGHTS = 1_000;

/** What lights report, as text for a broker. */
function report(rig: LightsRig, name: string, leaves: Record<string, string>): Promise<unknown> {
  const messages = Object.entries(leaves).map(([leaf, payload]) =>
    rig.broker.publish(`light/${name}/${leaf}`, Buffer.from(payload).toString('latin1'), { retain: true }),
  );
  return Promise.all(messages);
}

const healthy = (more: object = {}): string =>
  JSON.stringify({ version: '0.1.0', rssi: -55, uptimeS: 9_000, freeVariables: 5_000, restarts: 1, ...more });

inChromium('the lights', (open) => {
  let rig: LightsRig;
  let page: Page;
  let complaints: string[] = [];

  async function show(names: string[], options: Parameters<typeof open>[1] = {}): Promise<void> {
    rig = await createLightsRig(names);
    page = await open('about:blank', options);
    complaints = complaintsOf(page);
    await page.goto(rig.url);
    await page.getByRole('table', { name: 'Lights' }).waitFor();
  }
  afterEach(async () => {
    await page.context().close();
    await rig.dispose();
    assert.deepEqual(complaints, []);
  });

  const row = (name: string) => page.getByRole('row').filter({ has: page.getByText(name, { exact: true }) });
  const listed = (names: readonly string[]): Promise<void> =>
    until(async () => {
      const shown = await page.locator('.rows .name bdi').allTextContents();
      return shown.join() === names.join();
    }, `shows ${names}`);
  const lit = (at: number, duty: number) =>
    until(() => Math.abs(rig.boards[at]!.pin('D5').duty() - duty) < 0.003, `light ${at} has duty ${duty}`);

  test('a light is switched, dimmed and made to blink, and its row shows what it reports', async () => {
    await show(['desk', 'shelf']);
    await row('desk').getByRole('switch').click();
    await lit(0, 1);
    await row('desk').getByRole('switch', { checked: true }).waitFor();
    await row('desk').getByRole('slider').fill('64');
    await lit(0, dutyOf(64));
    await row('desk').getByText('25 %').waitFor();
    await rig.broker.publish('light/desk/set', 'off');
    await row('desk').getByRole('switch', { checked: false }).waitFor();
    assert.equal(rig.boards[1]!.pin('D5').duty(), 0);
    await row('shelf').getByRole('button', { name: 'shelf' }).click();
    const panel = page.getByRole('dialog', { name: 'shelf' });
    await panel.getByRole('button', { name: 'Blink' }).click();
    await lit(1, 1);
    await lit(1, 0);
    await panel.getByText(rig.light('shelf')!.info.clientId!).waitFor();
    await assertAccessible(page);
    await page.keyboard.press('Escape');
    await panel.waitFor({ state: 'detached' });
  });

  test('a light that does not answer is not said to have obeyed', async () => {
    await show([]);
    await report(rig, 'deaf', { status: 'online', state: '{"state":"OFF","brightness":255}', info: healthy() });
    await row('deaf').getByRole('switch').click();
    await page.getByText('no answer within 5 s: deaf').waitFor();
    await row('deaf').getByRole('switch', { checked: false }).waitFor();
  });

  test('the list is filtered, searched and sorted; the doctor’s findings are in it', async () => {
    await show([]);
    const off = '{"state":"OFF","brightness":9}';
    await report(rig, 'attic', {
      status: 'online',
      state: '{"state":"ON","brightness":9}',
      info: healthy({ rssi: -86, clientId: 'a' }),
    });
    await report(rig, 'barn', {
      status: 'offline',
      state: off,
      info: healthy({ restarts: 7, clientId: 'b', ip: '10.0.0.7' }),
    });
    await report(rig, 'cave', { status: 'online', state: off, info: healthy({ version: '0.0.9', clientId: 'c' }) });
    await row('attic').getByText('weak-signal').waitFor();
    await page.getByText('0.1.0 on 1').waitFor();
    const choose = (name: RegExp) => page.getByRole('button', { name }).click();
    for (const [filter, expected] of [
      [/^On 1/, ['attic']],
      [/^Off 1/, ['cave']],
      [/^Offline 1/, ['barn']],
      [/^To look at 2/, ['attic', 'barn']],
      [/^All 3/, ['attic', 'barn', 'cave']],
    ] as const) {
      await choose(filter);
      await listed(expected);
    }
    await choose(/^Name/);
    await listed(['cave', 'barn', 'attic']);
    await choose(/^Restarts/);
    await listed(['barn', 'attic', 'cave']);
    assert.equal(await page.getByRole('columnheader', { name: 'Restarts' }).getAttribute('aria-sort'), 'descending');
    await page.getByRole('searchbox').fill('10.0.0');
    await listed(['barn']);
    await page.getByRole('searchbox').fill('nowhere');
    await page.getByText('No light fits.').waitFor();
  });

  test('several lights become a group, which is switched together and kept by the broker', async () => {
    await show(['desk', 'shelf', 'door']);
    for (const name of ['desk', 'shelf']) await page.getByRole('checkbox', { name: `Select ${name}` }).check();
    await page.getByText('2 lights selected').waitFor();
    await page.getByRole('button', { name: 'Save as a group' }).click();
    await page.getByRole('textbox', { name: 'Name of the group' }).fill('study');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'study 2', pressed: true }).waitFor();
    const together = page.getByRole('region', { name: 'Several lights' });
    await together.getByRole('button', { name: 'On', exact: true }).click();
    for (const at of [0, 1]) await lit(at, 1);
    assert.equal(rig.boards[2]!.pin('D5').duty(), 0);
    await page.getByRole('slider', { name: 'Brightness of these lights' }).fill('30');
    for (const at of [0, 1]) await lit(at, dutyOf(30));
    assert.equal(rig.broker.retained().get('light/groups'), '{"study":["desk","shelf"]}');
    await page.getByRole('button', { name: 'Remove the group' }).click();
    await page.getByRole('button', { name: 'study 2' }).waitFor({ state: 'detached' });
    assert.ok(!rig.broker.retained().has('light/groups'));
  });

  test('a dead light is forgotten after a second question, and nothing of it stays at the broker', async () => {
    await show([]);
    await report(rig, 'gone', { status: 'offline', state: '{"state":"OFF"}', info: healthy() });
    await rig.broker.publish('homeassistant/device/gone/config', '{}', { retain: true });
    await row('gone').getByRole('button', { name: 'gone' }).click();
    const panel = page.getByRole('dialog');
    await panel.getByRole('button', { name: 'Forget' }).click();
    await panel.getByRole('button', { name: 'Keep' }).click();
    assert.equal(rig.broker.retained().size, 4);
    await panel.getByRole('button', { name: 'Forget' }).click();
    await panel.getByRole('group', { name: 'Forget' }).getByRole('button', { name: 'Forget' }).click();
    await panel.waitFor({ state: 'detached' });
    await row('gone').waitFor({ state: 'detached' });
    assert.deepEqual([...rig.broker.retained().keys()], []);
  });

  test('a broker that restarts is shown, and heals without a reload', async () => {
    await show(['desk']);
    await rig.broker.stop();
    await page.getByText(/^The broker .* is away/).waitFor();
    await rig.broker.start();
    await page.getByText(/^The broker .* is away/).waitFor({ state: 'detached' });
    await until(() => rig.broker.clients().length === 2, 'the light is back');
    await row('desk').getByRole('switch').click();
    await lit(0, 1);
  });

  test('a server that restarts is shown, and heals without a reload', async () => {
    await show(['desk']);
    await rig.stopServer();
    await page.getByText(/^The server of this page is away/).waitFor();
    await rig.startServer();
    await page.getByText(/^The server of this page is away/).waitFor({ state: 'detached' });
    await row('desk').getByRole('switch').click();
    await lit(0, 1);
    const isExpected = (complaint: string): boolean => /^WebSocket connection to .* failed/.test(complaint);
    complaints.splice(0, Infinity, ...complaints.filter((complaint) => !isExpected(complaint)));
  });

  test('text from the wire is never HTML', async () => {
    await show([]);
    await page.evaluate('window.hacked = 0');
    const attacks = [
      '<img src=x onerror="hacked++">',
      '<svg onload=hacked++>',
      '"><script>hacked++<\u2215script>',
      'javascript:hacked++',
      '{{constructor.constructor("hacked++")()}}',
      '__proto__',
      'constructor',
      '\u202Egnp.exe',
      "'onmouseover='hacked++",
    ];
    for (const attack of attacks) {
      const info = healthy({ version: attack, ip: attack, clientId: attack, lastRestartReason: attack });
      await report(rig, attack, { status: 'online', state: `{"state":"ON","brightness":5}`, info });
      await report(rig, `status of ${attack}`.slice(0, 60), { status: attack, info: attack, state: attack });
    }
    await rig.broker.publish('light/groups', JSON.stringify({ [attacks[0]!]: ['a'] }), { retain: true });
    await row(attacks[0]!).waitFor();
    for (const attack of attacks) await row(attack).waitFor();
    await row(attacks[0]!).getByRole('button', { name: attacks[0]! }).click();
    await page.getByRole('dialog').getByText(attacks[0]!).first().waitFor();
    await page.keyboard.press('Escape');
    assert.equal(await page.locator('#app img, #app script').count(), 0);
    assert.equal(await page.evaluate('window.hacked'), 0);
    assert.equal(await page.evaluate('({}).polluted'), undefined);
  });

  test(`${LIGHTS} lights make no more rows than fit on the screen, and the last one is reached`, async () => {
    await show([]);
    for (let at = 0; at < LIGHTS; at++)
      await report(rig, `lamp-${at}`, {
        status: 'online',
        state: '{"state":"ON","brightness":99}',
        info: healthy({ clientId: `id${at}` }),
      });
    await page.getByRole('button', { name: /^On 1.000/ }).waitFor();
    assert.ok((await page.getByRole('row').count()) < 60);
    await page.evaluate('scrollTo(0, document.body.scrollHeight)');
    const last = row(`lamp-${LIGHTS - 1}`);
    await last.waitFor();
    await until(async () => {
      const box = await last.boundingBox();
      return box !== null && box.y > 0 && box.y + box.height <= page.viewportSize()!.height;
    }, 'the last row is on the screen');
    assert.ok((await page.getByRole('row').count()) < 60);
    assert.equal(await page.getByRole('table').getAttribute('aria-rowcount'), String(LIGHTS + 1));
  });

  for (const [name, options] of [
    ['in the dark', { colorScheme: 'dark' }],
    ['on a phone', { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
  ] as const)
    test(`axe finds nothing serious ${name}, and nothing is wider than the screen`, async () => {
      await show([], options);
      await report(rig, 'attic', {
        status: 'online',
        state: '{"state":"ON","brightness":9}',
        info: healthy({ rssi: -86 }),
      });
      await report(rig, 'barn', { status: 'offline', state: '{"state":"OFF","brightness":9}', info: healthy() });
      await row('attic').getByText('weak-signal').waitFor();
      await assertAccessible(page);
      assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false);
    });
});
