// The flash tool's command line and settings: what is accepted, what is refused, and the messages.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseOrder } from '../../tools/flash/arguments.ts';
import { EXIT, EXITS, isFailure } from '../../tools/flash/exits.ts';
import { complaintsAbout, mergeSettings, secretsOf, settingRows, settingsFile } from '../../settings/values.ts';
import { SETTINGS } from '../../settings/schema.ts';
import { bundle, file, flash, SETTINGS_ARGV, withBoard } from '../support/flashing.ts';

/** Gives the message that refuses a command line; fails when it is accepted. */
function refusal(...argv: string[]): string {
  try {
    parseOrder(argv);
  } catch (error) {
    assert.ok(isFailure(error), String(error));
    assert.equal(error.exit, 'badArguments');
    return error.message;
  }
  return assert.fail(`accepted: ${argv.join(' ')}`);
}

test('understands a flag for each setting', () => {
  const { settings, names } = parseOrder(
    [
      ['--wifi-ssid', 'Home', '--wifi-password', 'correct horse', '--broker', 'a:1884', '--broker', 'b'],
      ['--username', 'u', '--password', 'p', '--topic', 't1', '--topic', 't2', '--name', 'lamp', '--led-pin', 'D13'],
      ['--active-low', '--keep-alive', '20', '--no-dimmable', '--button', 'none', '--power-on', 'last'],
      ['--home-assistant', '--watchdog', '0'],
    ].flat(),
  );
  assert.deepEqual(names, ['lamp']);
  assert.deepEqual(settings, {
    wifi: { ssid: 'Home', password: 'correct horse' },
    broker: ['a:1884', 'b'],
    username: 'u',
    password: 'p',
    topics: ['t1', 't2'],
    pin: 'D13',
    activeLow: true,
    keepAliveS: 20,
    dimmable: false,
    button: null,
    powerOn: 'last',
    homeAssistant: true,
    watchdogS: 0,
  });
});

test('reads the settings from a file, where flags win', () => {
  const path = file('light.json', '{"wifi":{"ssid":"File","password":"from the file"},"broker":"a","name":"lamp"}');
  const { settings, names } = parseOrder(['--config', path, '--wifi-ssid', 'Flag']);
  assert.deepEqual(settings, { wifi: { ssid: 'Flag', password: 'from the file' }, broker: 'a' });
  assert.deepEqual(names, ['lamp']);
});

test('names each wrong setting in a line, without its value', () => {
  const wrong = refusal(
    '--wifi-ssid',
    'Home',
    '--wifi-password',
    'secret',
    '--pin',
    'five',
    '--keep-alive',
    'often',
    '--topic',
    'a/#',
  );
  assert.deepEqual(
    wrong.split('\n').map((line) => line.split(' ')[0]),
    ['wifi.password', 'topics', 'pin', 'keepAliveS'],
  );
  assert.doesNotMatch(wrong, /secret|five|often/);
});

test('refuses unknown settings', () => {
  assert.deepEqual(complaintsAbout({ wifi: { ssid: 'x', pass: 'y' }, colour: 1 } as never), [
    '"wifi.pass" is no setting',
    '"colour" is no setting',
  ]);
});

test('says what to do about pins that clash, and accepts it', () => {
  const clash = 'pin and button are both D0: choose another pin, or no button (--button none)';
  assert.equal(refusal('--pin', 'D0'), clash);
  assert.deepEqual(parseOrder(['--pin', 'D0', '--button', 'none']).settings, { pin: 'D0', button: null });
  assert.deepEqual(parseOrder(['--pin', 'D0', '--button', 'D4']).settings, { pin: 'D0', button: 'D4' });
});

test('refuses a pin that the board cannot use before it writes anything', async () => {
  for (const [argv, board, words] of [
    [['--pin', 'D6'], 'ESP32', /pin wants one of D0-D5, D12-D23, .* on ESP32; the others/],
    [['--button', 'D34'], 'ESP32', /button wants one of/],
    [['--pin', 'D12'], 'ESP32C3_IDF4', /pin wants one of D0-D10, D18-D21 on ESP32C3_IDF4/],
    [['--pin', 'D6'], 'ESP32C3_IDF4', undefined],
  ] as const) {
    await withBoard({ board }, async (scripted, port) => {
      const { code, output } = await flash(['--port', port, '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV, ...argv]);
      assert.equal(code, words ? EXIT.badArguments : EXIT.ok, output);
      if (words) assert.match(output, words);
      assert.deepEqual(scripted.storage.list().length, words ? 0 : 2);
    });
  }
});

test('says where a value has a control character in it', () => {
  assert.match(refusal('--topic', 'a\tb'), /^topics has a control character in it, such as a tab: take it out$/);
  const wrong = refusal('--wifi-ssid', 'Home', '--wifi-password', 'correct\nhorse');
  assert.match(wrong, /^wifi.password has a control character/);
  assert.doesNotMatch(wrong, /horse/);
});

test('refuses one name for several boards', () => {
  assert.match(refusal('--port', 'a', '--port', 'b', '--name', 'lamp'), /different names/);
  assert.match(refusal('--port', 'a', '--port', 'b', '--name', 'lamp', '--name', 'lamp'), /different names/);
  assert.match(refusal('--all', '--name', 'lamp'), /different names/);
  const path = file('named.json', '{"name":"lamp"}');
  assert.match(refusal('--port', 'a', '--port', 'b', '--config', path), /different names/);
  assert.deepEqual(parseOrder(['--port', 'a', '--name', 'lamp']).names, ['lamp']);
});

test('refuses what does not go together', () => {
  assert.match(refusal('--show', '--erase'), /do not go together/);
  assert.match(refusal('--all', '--port', 'a'), /--all/);
  assert.match(refusal('--keep-config', '--pin', 'D5'), /--keep-config/);
  assert.match(refusal('--config', '/nowhere/light.json'), /cannot read/);
  assert.match(refusal('--config', file('broken.json', '{"wifi":')), /not valid JSON/);
});

test('refuses flags of a flash where nothing is flashed: nobody erases a board by mistake', () => {
  const path = file('more.json', '{"broker":"a"}');
  for (const action of ['--erase', '--show', '--list'])
    for (const argv of [
      ['--keep-config'],
      ['--wait'],
      ['--wifi-ssid', 'A', '--broker', 'b'],
      ['--no-dimmable'],
      ['--name', 'lamp'],
      ['--config', path],
      ['--acl', path],
      ['--label', 'label.svg'],
    ]) {
      const flag = argv[0]!.replace('--no-', '--');
      assert.equal(refusal(action, ...argv), `${flag} does not go with ${action}`);
      assert.equal(parseOrder([action, ...argv, '--help']).action, 'help');
    }
  assert.equal(parseOrder(['--erase', '--port', 'a', '--force', '--baud', '9600']).action, 'erase');
});

test('does not repeat a stray word, which may be half of a password', () => {
  const words = refusal('--wifi-password', 'correct', 'horse');
  assert.match(words, /quotes/);
  assert.doesNotMatch(words, /horse/);
});

test('asks for what a light cannot do without', async () => {
  const path = bundle('1.0.0');
  for (const [argv, words] of [
    [[], /which Wi-Fi\?/],
    [['--wifi-ssid', 'Home'], /which MQTT broker\?/],
    [['--wifi-ssid', 'Home', '--broker', 'a'], /LIGHT_WIFI_PASSWORD/],
  ] as const) {
    const { code, output } = await flash(['--port', 'tcp://127.0.0.1:1', '--bundle', path, ...argv]);
    assert.equal(code, EXIT.badArguments);
    assert.match(output, words);
  }
});

test('takes the password from the environment, or asks for it', async () => {
  const argv = ['--port', 'tcp://127.0.0.1:1', '--bundle', bundle('1.0.0'), '--wifi-ssid', 'Home', '--broker', 'a'];
  const given = await flash(argv, { environment: { LIGHT_WIFI_PASSWORD: 'correct horse' } });
  assert.equal(given.code, EXIT.noSuchPort);
  const questions: string[] = [];
  const ask = (question: string) => Promise.resolve((questions.push(question), 'correct horse'));
  assert.equal((await flash(argv, { ask })).code, EXIT.noSuchPort);
  assert.equal(questions.length, 1);
  const short = await flash(argv, { environment: { LIGHT_WIFI_PASSWORD: 'secret' } });
  assert.equal(short.code, EXIT.badArguments);
  assert.doesNotMatch(short.output, /secret/);
});

test('refuses a bundle that is not there', async () => {
  const { code, output } = await flash(['--port', 'x', '--bundle', '/nowhere.js', ...SETTINGS_ARGV]);
  assert.equal(code, EXIT.badArguments);
  assert.match(output, /npm run build/);
});

test('uses the only candidate, and lists several', async () => {
  const chip = { vendorId: '1a86', productId: '7523' };
  const argv = ['--bundle', bundle('1.0.0'), ...SETTINGS_ARGV];
  const one = [{ path: 'tcp://127.0.0.1:1', ...chip }, { path: '/dev/ttyS0' }];
  assert.match((await flash(argv, { ports: one })).output, /tcp:\/\/127\.0\.0\.1:1 cannot be reached/);
  const two = [
    { path: '/dev/ttyUSB0', ...chip },
    { path: '/dev/ttyUSB1', vendorId: '303A', productId: '1001' },
  ];
  const { code, output } = await flash(argv, { ports: two });
  assert.equal(code, EXIT.noSuchPort);
  assert.match(output, /\* \/dev\/ttyUSB0 \(CH340\/CH910x\)\n\* \/dev\/ttyUSB1 \(Espressif\)/);
  assert.match((await flash(argv, { ports: [] })).output, /no serial ports/);
  assert.match((await flash(['--list'], { ports: two })).output, /looks like an ESP32 board/);
});

test('documents every setting and every exit code in the help', async () => {
  const { code, output } = await flash(['--help']);
  assert.equal(code, EXIT.ok);
  for (const { flags } of SETTINGS) assert.match(output, new RegExp(`--(\\[no-\\])?${flags[0]} `));
  for (const [, meaning] of Object.values(EXITS)) assert.ok(output.includes(meaning), meaning);
});

test('masks secrets and keeps UTF-8', () => {
  const settings = mergeSettings({ wifi: { ssid: 'Höme' } }, { wifi: { password: 'correct horse' }, password: 'p' });
  assert.deepEqual(secretsOf(settings), ['correct horse', 'p']);
  assert.deepEqual(
    settingRows(settings).map(({ value }) => value),
    ['Höme', '••••••••', '••••••••'],
  );
  assert.ok(Buffer.from(settingsFile(settings)).includes(Buffer.from('Höme', 'utf8')));
});
