// `npm run flash -- --acl FILE`: the section of a light in a mosquitto ACL file, and a real mosquitto that goes by it.

import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { createMosquitto, mosquittoAvailable } from '../../sim/broker/mosquitto.ts';
import { createHouse } from '../../sim/house.ts';
import { withSection, type AclEntry } from '../../tools/flash/acl.ts';
import { checkAcl, writeAcl } from '../../tools/flash/aclFile.ts';
import { EXIT } from '../../tools/flash/exits.ts';
import { until } from '../../tools/flash/until.ts';
import { FIRMWARE } from '../support/firmware.ts';
import { bundle, flash, present, SETTINGS_ARGV, wholeRun, withBoard } from '../support/flashing.ts';
import { connectClient } from '../support/mqttClient.ts';

const entry = (name: string, username: string, settings: AclEntry['settings'] = {}): AclEntry => ({
  name,
  username,
  settings,
});

const FOREIGN = 'topic read news\r\n\n# mine\nuser anna\ntopic readwrite #\npattern read home/%u';

function aclFile(t: TestContext, text?: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'acl-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'acl');
  if (text !== undefined) writeFileSync(path, text, 'latin1');
  return path;
}

describe('the section of a light', () => {
  test('goes behind all other lines, which stay as they are', () => {
    const text = withSection(
      FOREIGN,
      entry('hall', 'lamp1', { topics: ['home/hall', 'the attic'], homeAssistant: true }),
    );
    assert.equal(
      text,
      `${FOREIGN}

# begin of light hall
user lamp1
topic read home/hall
topic read the attic
topic read light/hall/set
topic read light/hall/update
topic read light/firmware/#
topic read light/call
topic readwrite light/hall/status
topic write light/hall/state
topic write light/hall/info
topic write light/hall/firmware
topic write light/hall/log
topic write homeassistant/device/hall/config
topic read homeassistant/status
topic read light/hall/device
# end of light hall
`,
    );
    assert.equal(
      withSection(text, entry('hall', 'lamp1', { topics: ['home/hall', 'the attic'], homeAssistant: true })),
      text,
    );
  });

  test('takes the place of its old one', () => {
    const first = withSection(withSection(FOREIGN, entry('hall', 'lamp1')), entry('attic', 'lamp2'));
    const second = withSection(first, entry('hall', 'lamp3', { topics: 'home/hall' }));
    assert.equal(
      second,
      first.replace('user lamp1', 'user lamp3').replace('topic read home/bedroom/light', 'topic read home/hall'),
    );
    assert.equal(withSection(second, entry('hall', 'lamp1')), first);
  });

  test('is refused where a line of somebody else would change hands, or two lights would share a login', () => {
    const text = withSection('', entry('hall', 'lamp1'));
    const more = `${text}\n# extra\ntopic read weather\n`;
    assert.throws(() => withSection(more, entry('hall', 'lamp2')), /^Error: line 17 would change hands/);
    assert.ok(withSection(more, entry('hall', 'lamp1', { topics: 'a' })).endsWith('\n# extra\ntopic read weather\n'));
    assert.ok(withSection(`${text}\nuser x\ntopic read weather\n`, entry('hall', 'lamp2')).includes('user lamp2'));
    assert.throws(() => withSection(text, entry('attic', 'lamp1')), /lamp1 is that of light hall already/);
  });

  test('is refused where the file is broken, or cannot say it', () => {
    const text = withSection('', entry('hall', 'lamp1'));
    assert.throws(
      () => withSection(text.replace(/# end.*\n/, ''), entry('attic', 'b')),
      /line 1: the section of light hall has no end/,
    );
    for (const username of [' a', 'a ', '#a'])
      assert.throws(() => withSection('', entry('hall', username)), /user name/);
    assert.throws(() => withSection('', entry('hall', 'a', { topics: 'b ' })), /the topic "b "/);
  });
});

describe('npm run flash -- --acl', () => {
  const run = (port: string, path: string, ...more: string[]) =>
    flash(['--port', port, '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV, '--acl', path, ...more]);

  test('writes the section once the board is flashed, by the name that the firmware gives itself', (t) =>
    withBoard({}, async (_, port) => {
      const path = aclFile(t, 'user \xff\n');
      chmodSync(path, 0o640);
      const { code, output } = await run(port, path, '--username', 'lamp1');
      assert.equal(code, EXIT.ok, output);
      assert.match(output, /✓ acl .*light-a0b1c2d30001 as lamp1; let mosquitto reload it/);
      const text = readFileSync(path, 'latin1');
      assert.ok(text.startsWith('user \xff\n\n# begin of light light-a0b1c2d30001\nuser lamp1\n'), text);
      assert.equal(statSync(path).mode & 0o777, 0o640);
      assert.match((await run(port, path, '--username', 'lamp1')).output, /as lamp1, as before/);
      assert.equal(readFileSync(path, 'latin1'), text);
    }));

  test('refuses in one line, before the board is touched', (t) =>
    withBoard({}, async (board, port) => {
      const path = aclFile(t, '# begin of light x\n');
      const refusals: [argv: string[], words: RegExp][] = [
        [[], /--acl needs the login of the light/],
        [['--username', 'a', '--port', 'tcp://127.0.0.1:1'], /one board a call/],
        [['--username', 'a'], /section of light x has no end/],
      ];
      for (const [argv, words] of refusals) {
        const { code, output } = await run(port, path, ...argv);
        assert.equal(code, EXIT.badArguments, output);
        assert.match(output, words);
      }
      const away = await run(port, join(path, 'away'), '--username', 'a');
      assert.deepEqual([away.code, board.storage.read('.bootcde')], [EXIT.badArguments, undefined], away.output);
      assert.match(away.output, /--acl .*away: ENOTDIR/);
      assert.ok(!existsSync(`${path}.new`));
    }));

  test('restarts the board also when the file can no longer be written', (t) =>
    withBoard({}, async (board, port) => {
      const path = aclFile(t, '');
      let output = '';
      const write = (text: string) => {
        output += text;
        if (text.includes('✓ install')) writeFileSync(`${path}.new`, 'half');
      };
      const argv = ['--port', port, '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV, '--acl', path, '--username', 'a'];
      const { code } = await flash(argv, { write });
      assert.equal(code, EXIT.badArguments, output);
      assert.match(output, /✗ acl .*acl\.new is in the way/);
      assert.ok(await until(() => present(board).length > 0, 5_000), 'the new program runs');
      assert.deepEqual(present(board), wholeRun('1.0.0'));
    }));
});

describe('the ACL file', () => {
  const MOSQUITTO = { uid: 1883, gid: 1884 };
  const ROOT = { skip: process.getuid?.() !== 0 && 'run as root: only root can give a file to another user' };

  /** A file that mosquitto alone may read, in a folder that everybody may write. */
  function mosquittosFile(t: TestContext): string {
    const path = aclFile(t, 'user anna\n');
    chmodSync(dirname(path), 0o777);
    chmodSync(path, 0o640);
    chownSync(path, MOSQUITTO.uid, MOSQUITTO.gid);
    return path;
  }

  test('keeps its owner and its mode, so that mosquitto can read it', ROOT, (t) => {
    const path = mosquittosFile(t);
    assert.ok(writeAcl(path, entry('hall', 'lamp1')));
    const { uid, gid, mode } = statSync(path);
    assert.deepEqual({ uid, gid, mode: mode & 0o777 }, { ...MOSQUITTO, mode: 0o640 });
    assert.match(readFileSync(path, 'latin1'), /user lamp1/);
  });

  test('is refused where its owner cannot be kept, and stays as it is', ROOT, (t) => {
    const path = mosquittosFile(t);
    chmodSync(path, 0o644);
    const words = /^Error: --acl \S+: it belongs to uid 1883, gid 1884, .*: run this with sudo$/;
    process.seteuid!(65_534);
    try {
      for (const put of [checkAcl, writeAcl]) assert.throws(() => put(path, entry('hall', 'lamp1')), words);
    } finally {
      process.seteuid!(0);
    }
    assert.deepEqual(readdirSync(dirname(path)), ['acl']);
    assert.equal(readFileSync(path, 'latin1'), 'user anna\n');
  });

  test('is checked without a change, and refused beside the rest of another flash', (t) => {
    const path = aclFile(t, 'user anna\n');
    checkAcl(path, entry('hall', 'lamp1'));
    assert.deepEqual([readdirSync(dirname(path)), readFileSync(path, 'latin1')], [['acl'], 'user anna\n']);
    writeFileSync(`${path}.new`, 'half');
    assert.throws(() => checkAcl(path, entry('hall', 'lamp1')), /acl\.new is in the way: .* remove it$/);
    assert.equal(readFileSync(`${path}.new`, 'latin1'), 'half');
  });
});

/** Two lights that use all they can, each with a login of its own. */
const LIGHTS = [
  { name: 'K_che-1', username: 'lamp1', homeAssistant: true, topics: ['home/the attic', 'home/all'] },
  { name: 'Küche', username: 'lamp2', homeAssistant: true },
];

/** A mosquitto with the file, both lights connected to it, and somebody who may do everything. */
async function home(t: TestContext) {
  const path = aclFile(t);
  const bytes = (text: string): string => Buffer.from(text).toString('latin1');
  const text = LIGHTS.reduce(
    (acl, { name, username, ...settings }) => withSection(acl, entry(bytes(name), username, settings)),
    'user boss\ntopic readwrite #\n',
  );
  writeFileSync(path, text, { encoding: 'latin1', mode: 0o600 });
  const broker = await createMosquitto({ settings: [`acl_file ${path}`] });
  t.after(() => broker.dispose());
  const house = createHouse({ speed: 10 });
  t.after(() => house.dispose());
  const { ssid, password } = house.accessPoint;
  const common = { password: 'secret', wifi: { ssid, password }, broker: `127.0.0.1:${broker.port}` };
  const boards = LIGHTS.map((settings) =>
    house.board({ firmware: FIRMWARE, config: { ...settings, ...common, name: bytes(settings.name) } }),
  );
  await Promise.all(boards.map((board) => board.waitFor(/^mqtt connected/)));
  const boss = await connectClient(t, broker.port, { username: 'boss', password: 'x' });
  const heard = new Map<string, string>();
  boss.on('message', (topic, payload) => heard.set(topic, payload.toString()));
  await boss.subscribeAsync('#', { qos: 1 });
  const denied = (): string[] => broker.log.filter((line) => /denied/i.test(line));
  return { broker, boss, heard, denied, first: boards[0]!, second: boards[1]! };
}

describe('a mosquitto with that file', { skip: !mosquittoAvailable() && 'install mosquitto' }, () => {
  test('lets each light work in full', async (t) => {
    const { boss, heard, denied, first, second } = await home(t);
    await boss.publishAsync('home/the attic', '{"brightness":100}', { qos: 1 });
    await first.waitFor('light on at 100');
    await boss.publishAsync('light/Küche/set', '{"brightness":110}', { qos: 1 });
    await second.waitFor('light on at 110');
    await boss.publishAsync('light/K_che-1/status', 'offline', { qos: 1 }); // the light corrects that
    await boss.publishAsync('homeassistant/status', 'online', { qos: 1 });
    const reports = LIGHTS.flatMap(({ name }) => ['state', 'status', 'info'].map((leaf) => `light/${name}/${leaf}`));
    const configs = ['K_95che-1', 'K_195_188che'].map((id) => `homeassistant/device/${id}/config`);
    await first.waitFor(() => [...reports, ...configs].every((topic) => heard.has(topic)));
    await first.waitFor(() => heard.get('light/K_che-1/status') === 'online');
    second.powerOff('reset');
    await first.waitFor(() => heard.get('light/Küche/status') === 'offline');
    assert.deepEqual(denied(), []);
  });

  test("shows and lets a light's login do nothing else", async (t) => {
    const { broker, boss, denied, first } = await home(t);
    const thief = await connectClient(t, broker.port, { username: 'lamp2', password: 'secret' });
    const stolen: string[] = [];
    thief.on('message', (topic) => stolen.push(topic));
    await thief.subscribeAsync(['#', 'light/K_che-1/state', 'home/the attic'], { qos: 1 });
    await thief.publishAsync('light/K_che-1/set', 'off', { qos: 1 });
    await boss.publishAsync('home/the attic', '{"brightness":120}', { qos: 1 });
    await first.waitFor('light on at 120');
    await boss.publishAsync('light/Küche/set', 'on', { qos: 1 });
    await first.waitFor(() => stolen.includes('light/Küche/set'));
    assert.match(denied().join('\n'), /Denied PUBLISH .*light\/K_che-1\/set/);
    const allowed = /^light\/Küche\/|^homeassistant\/status$|^home\/bedroom\/light$/;
    assert.deepEqual(
      stolen.filter((topic) => !allowed.test(topic)),
      [],
    );
  });
});
