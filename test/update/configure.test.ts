// `npm run configure` with scripted lights: settings are kept when the board says so, and nobody else can read them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runConfigure } from '../../tools/configure/run.ts';
import { EXIT } from '../../tools/update/exits.ts';
import { configure, file, HASTY, lightsAt, runs, startBroker } from '../support/updating.ts';

const LAST = ['--power-on', 'last'];

test('changes what is named, and leaves the rest', async (t) => {
  const broker = await startBroker(t);
  const { left } = await lightsAt(t, broker, { left: {} });
  const { code, output } = await configure(broker, ['--name', 'left', ...LAST, '--no-dimmable']);
  assert.equal(code, EXIT.ok, output);
  assert.equal(output, 'left ✓ trial     kept\n');
  assert.deepEqual(left.settings(), { name: 'left', powerOn: 'last', dimmable: false });
});

test('says that a board went back to its old settings, and halts', async (t) => {
  const broker = await startBroker(t);
  const { left, right } = await lightsAt(t, broker, { left: { rollsBack: true }, right: {} });
  const argv = ['--all', '--wifi-ssid', 'Wrong', '--wifi-password', 'wrong horse'];
  const { code, output } = await configure(broker, argv);
  assert.equal(code, EXIT.rolledBack, output);
  assert.match(output, /^left {2}✗ trial {5}rolled back: it could not connect, and has its old settings$/m);
  assert.match(output, /^halted: 1 board left as they are$/m);
  assert.deepEqual(left.settings(), { name: 'left' });
  assert.deepEqual(right.log, []);
});

test('a refusal of something else in the trial is not its outcome', async (t) => {
  const broker = await startBroker(t);
  await lightsAt(t, broker, { left: { refusesInTrial: true } });
  const { code, output } = await configure(broker, ['--name', 'left', ...LAST]);
  assert.equal(code, EXIT.ok, output);
});

test('asks for the Wi-Fi password, and shows it to nobody', async (t) => {
  const broker = await startBroker(t);
  const { left } = await lightsAt(t, broker, { left: {} });
  const seen: string[] = [];
  broker.onPublish(({ payload }) => seen.push(payload));
  const secret = 'correct horse';
  const ask = () => Promise.resolve(secret);
  const { code, output } = await configure(broker, ['--name', 'left', '--wifi-ssid', 'Home'], { ask });
  assert.equal(code, EXIT.ok, output);
  assert.deepEqual(left.settings().wifi, { ssid: 'Home', password: secret });
  assert.ok(seen.every((payload) => !payload.includes(secret)) && !output.includes(secret));
  const none = await configure(broker, ['--name', 'left', '--wifi-ssid', 'Home']);
  assert.match(none.output, /^configure: no Wi-Fi password: set LIGHT_WIFI_PASSWORD/);
});

test('asks for the new MQTT password of the boards in other words than for our own; without one they keep theirs', async (t) => {
  const broker = await startBroker(t);
  const { left } = await lightsAt(t, broker, { left: {} });
  const argv = ['--name', 'left', '--username', 'me', '--new-username', 'lamp'];
  for (const [answer, sent] of [
    ['', {}],
    ['battery staple', { password: 'battery staple' }],
  ] as const) {
    const asked: string[] = [];
    const ask = (question: string) => Promise.resolve(asked.push(question) === 1 ? answer : 'mine');
    const { code, output } = await configure(broker, argv, { ask });
    assert.equal(code, EXIT.ok, output);
    assert.deepEqual(asked, [
      'New MQTT password of the boards (not shown; Enter keeps theirs): ',
      'MQTT password (not shown; Enter for none): ',
    ]);
    assert.deepEqual(left.settings(), { name: 'left', username: 'lamp', ...sent });
  }
});

test('follows a board to its new name', async (t) => {
  const broker = await startBroker(t);
  await lightsAt(t, broker, { left: {} });
  const { code, output } = await configure(broker, ['--name', 'left', '--new-name', 'right']);
  assert.equal(code, EXIT.ok, output);
});

test('follows a board to its new broker, and sends nothing when that is not there', async (t) => {
  const [broker, other] = [await startBroker(t), await startBroker(t)];
  const { left } = await lightsAt(t, broker, { left: {} });
  const gone = await configure(broker, ['--name', 'left', '--new-broker', '127.0.0.1:1']);
  assert.equal(gone.code, EXIT.unreachable, gone.output);
  assert.deepEqual(left.log, []);
  const { code, output } = await configure(broker, ['--name', 'left', '--new-broker', `127.0.0.1:${other.port}`]);
  assert.equal(code, EXIT.ok, output);
});

test('ends with the words of a board that refuses, or that falls silent', async (t) => {
  const broker = await startBroker(t);
  const { left } = await lightsAt(t, broker, { left: { refuses: 'bad settings: "pin"' } });
  const { code, output } = await configure(broker, ['--name', 'left', '--pin', 'D13']);
  assert.equal(code, EXIT.declined);
  assert.match(output, /✗ send {6}refused, nothing has changed: bad settings: "pin"$/m);
  delete left.faults.refuses;
  left.faults.silentFrom = 'trial';
  assert.equal((await configure(broker, ['--name', 'left', ...LAST], { limits: HASTY })).code, EXIT.silent);
});

test('wrong calls end with 2, and one line for each fault', async (t) => {
  const broker = await startBroker(t);
  const many = Array.from({ length: 16 }, (_, i) => ['--topic', `${i}`.padStart(100, 'x')]).flat();
  const calls: [argv: string[], words: RegExp][] = [
    [['--all'], /which settings\? Such as --power-on last/],
    [['--power-on', 'last'], /which boards\?/],
    [['--all', '--power-on', 'maybe'], /powerOn wants off, on or last/],
    [['--all', '--wifi-password', 'correct horse'], /wifi\.ssid is missing: name the network/],
    [['--all', '--new-name', 'x'], /--new-name is for one board/],
    [['--all', '--config', '/nowhere'], /cannot read \/nowhere/],
    [['--all', '--config', file('odd.json', '{"colour":1}')], /"colour" is no setting/],
    [['--all', ...many], /^configure: the settings take 16\d\d bytes, a message has room for 912: send fewer\n$/],
  ];
  for (const [argv, words] of calls) {
    const { code, output } = await configure(broker, argv);
    assert.equal(code, EXIT.badArguments, output);
    assert.match(output, /^configure: [^\n]+\n$/);
    assert.match(output, words);
  }
  const { output } = await configure(broker, ['--all', '--pin', 'X99', '--keep-alive', '9999']);
  assert.equal(output, 'configure: pin wants a pin such as D5\nkeepAliveS wants a whole number from 5 to 3600\n');
});

test('explains itself when asked', async () => {
  const { code, output } = await runs(runConfigure, ['--help']);
  assert.equal(code, EXIT.ok);
  for (const number of Object.values(EXIT)) assert.match(output, new RegExp(`^ +${number}  \\w`, 'm'));
  assert.match(output, /--new-password TEXT +MQTT password; .*LIGHT_NEW_MQTT_PASSWORD/);
});
