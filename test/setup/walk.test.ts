// The walk through the page on the virtual board: from an access point to a light.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { IConnectPacket } from 'mqtt-packet';
import type { BoardOptions } from '../../sim/board/board.ts';
import { createRogueBroker, scripts } from '../../sim/broker/rogue.ts';
import { createAccessPoint } from '../../sim/network/accessPoint.ts';
import { parsed } from '../support/oracle.ts';
import { AP_PASSWORD, ask, createBench, encodeForm, RIGHT } from './rig.ts';

/** The Wi-Fi driver of older and of newer interpreters. */
const DRIVERS: [string, NonNullable<BoardOptions['wifi']>][] = [
  ['up to 2v29', {}],
  ['from 2v30 on', { callsBackOnFailure: true, hasOwnAccessPoint: false }],
];

test('sets a board up, keeps its other settings, and is gone then; the button toggles the lamp meanwhile', async (t) => {
  const home = await createBench(t, {
    config: { wifi: null, broker: 'old', username: 'lamp', password: 'hidden-1', pin: 'D4' },
  });
  const { board, until } = home;
  const lamp = board.pin('D4');
  await board.waitFor('set-up mode: join light-00ff and open http://192.168.4.1');
  assert.deepEqual(board.softAp(), { ssid: 'light-00ff', authMode: 'wpa2', password: AP_PASSWORD });
  board.pin('D0').drive(0);
  await until(() => lamp.duty() === 1);
  board.pin('D0').drive(undefined);

  await until(async () => (await home.get()).body.includes('<option value=0>Home</option>'), 'the scan is over');
  const { body } = await home.get();
  assert.match(body, /name=b [^>]*value="old"/);
  assert.match(body, /name=u [^>]*value="lamp"/);
  assert.doesNotMatch(body, /hidden/);
  const page = await home.fillIn({ n: '0', p: 'secret-password', b: 'broker', u: 'lamp', q: '', l: 'desk' });
  assert.match(page, /<p role=status>Saved: the light is 192\.168\.1\.\d+ in Home\./);
  const kept = { username: 'lamp', password: 'hidden-1', pin: 'D4' };
  const wifi = { ssid: 'Home', password: 'secret-password' };
  assert.deepEqual(home.saved(), { wifi, broker: 'broker', name: 'desk', ...kept });

  await board.waitFor('set-up mode is over');
  await board.waitFor('boot light');
  await board.waitFor('mqtt connected');
  assert.equal(lamp.duty(), 1, 'the lamp stays as it was');
  assert.equal(board.softAp(), undefined);
  assert.equal(board.openSockets(), 1, 'the one to the broker');
  assert.equal(board.resets.length, 1, 'by load() alone');
  assert.deepEqual(
    [...new Set(board.attempts().map(({ host }) => host))],
    ['broker'],
    'the light keeps out of the trial',
  );
  assert.ok(!board.console.join().includes('Uncaught'));
});

for (const leaves of ['old', 'nothing', 'truncated'] as const)
  test(`a power cut while the settings are saved loses none of them (it leaves ${leaves})`, async (t) => {
    const { board, storage, post, until } = await createBench(t, { files: { 'light.json': '{"pin":"D4"}' } });
    storage.cutPowerDuring('light.json', leaves);
    await post(RIGHT);
    await until(() => !board.isOn(), 'the cut');
    board.powerOn();
    if (leaves === 'old') return board.waitFor('set-up mode');
    await board.waitFor(/as desk/);
    await board.waitFor(/^mqtt connected/);
    assert.ok(board.pin('D4').history.length > 0, 'the pin of the lamp');
  });

for (const [driver, wifi] of DRIVERS)
  test(`what is wrong is said, nothing is saved, and the next try may be right (${driver})`, async (t) => {
    const home = await createBench(t, { wifi });
    const deaf = createRogueBroker(scripts.silent());
    home.house.hosts.set('deaf', `127.0.0.1:${await deaf.start()}`);
    home.house.hosts.set('refused', 'refused');
    home.house.hosts.set('nowhere', 'unknown');
    t.after(() => deaf.stop());
    const wrong: [fields: Record<string, string>, message: string][] = [
      [{ p: 'wrong-password' }, 'Not saved: the Wi-Fi password is wrong'],
      [{ s: 'Elsewhere' }, 'Not saved: the Wi-Fi network Elsewhere was not found'],
      [{ b: 'nowhere, refused' }, 'Not saved: the broker refused does not answer'],
      [{ b: 'deaf' }, 'Not saved: the broker deaf does not speak MQTT'],
    ];
    for (const [fields, message] of wrong) {
      const page = await home.fillIn({ ...RIGHT, ...fields });
      assert.ok(page.includes(`<p role=alert>${message}<`), `${message}: ${page}`);
      assert.match(page, /name=l [^>]*value="desk"/, 'what was typed is still there');
      assert.doesNotMatch(page, /secret|wrong-password/);
      assert.equal(home.saved(), undefined);
    }
    await home.pass(1_000); // the station leaves
    home.board.serialLine.send('print("address", require("Wifi").getIP().ip)\n');
    await home.board.waitFor('address 0.0.0.0');
    assert.match(await home.fillIn({ ...RIGHT, b: 'deaf,broker' }), /Saved/);
    assert.deepEqual(home.saved()!['broker'], ['deaf', 'broker']);
    await home.board.waitFor('mqtt connected');
  });

test('a broker that refuses the login is told from one that is not there', async (t) => {
  const home = await createBench(t);
  const picky = createRogueBroker((peer) => peer.send('\x20\x02\x00\x05'));
  home.house.hosts.set('picky', `127.0.0.1:${await picky.start()}`);
  t.after(() => picky.stop());
  const page = await home.fillIn({ ...RIGHT, b: 'picky', u: 'lamp', q: 'sesame' });
  assert.match(page, /the broker picky refuses this user name and password/);
  const { clean, clientId, username, password, will } = parsed(picky.peers[0]!.received())[0] as IConnectPacket;
  const seen = { clean, clientId, username, password: String(password), will };
  const login = { username: 'lamp', password: 'sesame' };
  assert.deepEqual(seen, { clean: true, clientId: 'setupa0b1c2d300ff', ...login, will: undefined });
});

test('a broker that is away can be saved all the same', async (t) => {
  const home = await createBench(t);
  home.house.hosts.set('refused', 'refused');
  assert.match(await home.fillIn({ ...RIGHT, b: 'refused:1884', a: '1' }), /Saved/);
  assert.equal(home.saved()!['broker'], 'refused:1884');
});

test('an empty list of networks: looking again finds what is there by then', async (t) => {
  const home = await createBench(t);
  home.house.accessPoint.off();
  await home.board.waitFor('set-up mode');
  await home.pass(4_000);
  assert.doesNotMatch((await home.get()).body, /<option value=0/);
  home.house.accessPoint.on();
  assert.equal((await home.post({}, '/scan')).status, 303);
  assert.match((await home.get()).body, /<option value=0>Home</);
});

test('names from the air are text, whatever they are, and a network keeps its place in the list', async (t) => {
  const ssid = `'><script>"&amp;`;
  const home = await createBench(t, { accessPoint: createAccessPoint(ssid) });
  const { neighbours } = home.board.accessPoint;
  const heard = { mac: '2', authMode: 'open', channel: '1' };
  const names = ['', 'x'.repeat(32), 'a\x1b[2J', '<img src=x onerror=alert(1)>', 'Caf\xc3\xa9', '\xff\xfe'];
  neighbours.push(...names.map((name, at) => ({ ...heard, ssid: name, rssi: -30 - at })));
  await home.board.waitFor('set-up mode');
  await home.pass(4_000);
  const { body } = await home.get();
  assert.deepEqual(
    [...body.matchAll(/<option value=(\d+)>(.*?)<\/option>/g)].map((match) => match[2]),
    [
      '&#60;img src=x onerror=alert(1)&#62; (open)',
      'Café (open)',
      '\ufffd\ufffd (open)',
      '&#39;&#62;&#60;script&#62;&#34;&#38;amp;',
    ],
    'hidden ones, and those that cannot be set, are left out',
  );
  neighbours.splice(0);
  await home.post({}, '/scan');
  const page = await home.fillIn({ n: '3', p: 'secret-password', b: 'broker', l: 'desk' });
  assert.match(page, /Saved: the light is \S+ in &#39;&#62;&#60;script&#62;&#34;&#38;amp;\./);
  assert.deepEqual(home.saved()!['wifi'], { ssid, password: 'secret-password' });
});

test('two phones: both see the one trial, and neither disturbs it', async (t) => {
  const home = await createBench(t, { speed: 5 });
  await home.board.waitFor('set-up mode');
  assert.equal((await home.post({ ...RIGHT, p: 'wrong-password' })).status, 303);
  assert.match((await home.get()).body, /Trying Home/);
  assert.equal((await home.post({ ...RIGHT, s: 'Other' })).status, 303);
  assert.equal((await home.post({}, '/scan')).status, 303);
  assert.match((await home.get()).body, /Trying Home/);
  assert.match((await home.get('/?again')).body, /Trying Home/);
  assert.match(await home.result(), /password is wrong/);
});

test('a phone that has lost the access point finds the result when it is back', async (t) => {
  const home = await createBench(t, { config: { wifi: null, broker: 'broker' } });
  await home.post(RIGHT);
  await home.until(() => home.saved()?.['name'] === 'desk');
  await home.pass(20_000);
  for (let reload = 0; reload < 2; reload += 1) assert.match((await home.get()).body, /Saved/);
  await home.board.waitFor('mqtt connected');
});

test('foreign pages and names lead nowhere', async (t) => {
  const home = await createBench(t);
  const port = await home.join();
  const body = encodeForm(RIGHT);
  const post = (headers: Record<string, string>) => ask(port, { method: 'POST', body, headers });
  assert.equal((await post({ host: 'evil.example' })).status, 403);
  assert.equal((await post({ origin: 'http://evil.example' })).status, 403);
  assert.equal((await post({ origin: 'null' })).status, 403);
  const other = await ask(port, { headers: { host: 'connectivitycheck.gstatic.com' } });
  assert.deepEqual([other.status, other.headers['location']], [302, 'http://192.168.4.1/']);
  assert.equal((await ask(port, { path: '/favicon.ico' })).status, 404);
  assert.equal((await ask(port, { method: 'PUT' })).status, 405);
  assert.match((await home.get()).body, /<form/);
  assert.equal((await post({ origin: 'http://192.168.4.1' })).status, 303);
});
