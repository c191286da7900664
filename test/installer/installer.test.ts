// `npm run installer`: what it writes, what it keeps out of the page, and its exit codes.

import assert from 'node:assert/strict';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { build } from '../../bundler/bundle.ts';
import { EXIT } from '../../tools/flash/exits.ts';
import { imageComplaint } from '../../tools/flash/interpreter/espImage.ts';
import { espImage, interpreterFiles, partitionTable, ROWS, zipOf } from '../support/espArchive.ts';
import { bundle, file, programText } from '../support/flashing.ts';
import { ARCHIVE, ARCHIVE_FILES, contentsOf, install, newFolder } from '../support/installing.ts';

const PROGRAM = bundle('1.0.0');
const TINY = file('tiny.js', 'require("tinyMQTT")');
const SETTINGS = ['--wifi-ssid', 'HomeNetwork', '--wifi-password', 'correct horse', '--broker', '192.168.77.10'];

const argvFor = (folder: string, ...more: string[]) => [
  ...['--interpreter', ARCHIVE, '--out', folder, '--bundle', PROGRAM],
  ...more,
];

interface Manifest {
  builds: { chipFamily: string; parts: { path: string; offset: number }[] }[];
}

test('writes a page whose manifest has the parts of each chip, and a Storage with the light', async () => {
  const folder = newFolder();
  const { code, output } = await install(argvFor(folder));
  assert.equal(code, EXIT.ok, output);
  const { builds } = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  assert.deepEqual(
    builds.map(({ chipFamily, parts }) => [chipFamily, ...parts.map(({ offset }) => offset)]),
    [
      ['ESP32', 0x1000, 0x8000, 0x1_0000, 0x32_0000],
      ['ESP32-C3', 0x0, 0x8000, 0x1_0000, 0x32_0000],
      ['ESP32-S3', 0x0, 0x8000, 0x1_0000, 0x32_0000],
    ],
  );
  for (const { parts } of builds) for (const { path } of parts) assert.ok(existsSync(join(folder, path)), path);
  const program = readFileSync(join(folder, 'esp32/espruino_esp32.bin'));
  assert.ok(program.equals(ARCHIVE_FILES['espruino/esp32/espruino_esp32.bin']!));
  const storage = readFileSync(join(folder, 'esp32/storage.bin'));
  assert.equal(storage.length, 0xe_0000);
  assert.ok(storage.toString('latin1').includes(`/**/${programText('1.0.0')}`));
});

test('gives every boot loader the size of flash that the interpreter uses', async () => {
  const folder = newFolder();
  const files = { ...interpreterFiles('ESP32-S3'), 'bootloader.bin': espImage({ chip: 'ESP32-S3', flashSize: 3 }) };
  const { code } = await install(['--interpreter', zipOf(files), '--out', folder, '--bundle', PROGRAM]);
  assert.equal(code, EXIT.ok);
  const loader = readFileSync(join(folder, 'esp32s3/bootloader.bin'));
  assert.equal(loader[3]! >> 4, 2, '4 MB');
  assert.equal(imageComplaint(loader), undefined);
});

test('puts no settings into the page unless the owner says so', async () => {
  const folder = newFolder();
  const refused = await install(argvFor(folder, ...SETTINGS));
  assert.equal(refused.code, EXIT.badArguments);
  assert.match(refused.output, /^installer: settings in a page can be read by everybody .*--publish-settings\n$/);
  assert.doesNotMatch(contentsOf(folder), /HomeNetwork|correct horse|192\.168\.77\.10/);
  const told = await install(argvFor(folder, ...SETTINGS, '--publish-settings'));
  assert.equal(told.code, EXIT.ok, told.output);
  assert.match(told.output, /! your settings are in it, passwords too/);
  assert.doesNotMatch(told.output, /correct horse/);
  const storage = readFileSync(join(folder, 'esp32c3/storage.bin'), 'latin1');
  assert.match(
    storage,
    /light\.json\0+\{"wifi":\{"ssid":"HomeNetwork","password":"correct horse"\},"broker":"192\.168\.77\.10"\}/,
  );
  await install(argvFor(folder));
  assert.doesNotMatch(
    contentsOf(folder),
    /HomeNetwork|correct horse/,
    'a page without settings replaces one with them',
  );
});

test('leaves no settings of an older page, not even on a chip that the new one is not for', async () => {
  const folder = newFolder();
  assert.equal((await install(argvFor(folder, ...SETTINGS, '--publish-settings'))).code, EXIT.ok);
  writeFileSync(join(folder, 'esp32c3/notes.txt'), 'not ours');
  const one = ['--interpreter', zipOf(interpreterFiles()), '--out', folder, '--bundle', PROGRAM];
  const { code, output } = await install(one);
  assert.equal(code, EXIT.ok, output);
  assert.doesNotMatch(contentsOf(folder), /HomeNetwork|correct horse/);
  assert.ok(existsSync(join(folder, 'esp32/storage.bin')));
  assert.ok(existsSync(join(folder, 'esp32c3/notes.txt')));
});

test('sees settings that were built into the bundle', async () => {
  const { code } = await build({ settings: { wifi: { ssid: 'HomeNetwork', password: 'correct horse' } } });
  const path = file('built.js', code);
  const { output } = await install(['--interpreter', ARCHIVE, '--out', newFolder(), '--bundle', path]);
  assert.match(output, /settings in a page can be read by everybody/);
});

test('never puts passwords of the environment into a page by itself', async () => {
  const folder = newFolder();
  const environment = { LIGHT_WIFI_PASSWORD: 'correct horse', LIGHT_MQTT_PASSWORD: 'battery staple' };
  const { code } = await install(argvFor(folder), { environment });
  assert.equal(code, EXIT.ok);
  assert.doesNotMatch(contentsOf(folder), /correct horse|battery staple/);
});

test('refuses wrong arguments in one line', async () => {
  const old = { ...interpreterFiles(), 'partitions_espruino.bin': partitionTable(ROWS.slice(0, 2)) };
  for (const [argv, exit, says] of [
    [[], 'badArguments', /--interpreter is missing/],
    [['--interpreter', ARCHIVE, '--bundle', PROGRAM], 'badArguments', /--out is missing/],
    [argvFor(newFolder(), '--serve', '99999'), 'badArguments', /--serve wants a whole number from 0 to 65535/],
    [argvFor(join(file('a-file', ''), 'page')), 'badArguments', /--out .* cannot be written \(ENOTDIR\)/],
    [argvFor(newFolder(), '--publish-settings'), 'badArguments', /wants --wifi-ssid and --broker/],
    [argvFor(newFolder(), ...SETTINGS, '--publish-settings', '--name', 'a'), 'badArguments', /leave the name out/],
    [argvFor(newFolder(), ...SETTINGS, '--publish-settings', '--led-pin', 'D32'), 'badArguments', /pin/],
    [['--interpreter', zipOf(old), '--out', newFolder(), '--bundle', PROGRAM], 'badArguments', /has no Storage/],
    [['--interpreter', ARCHIVE, '--out', newFolder(), '--bundle', TINY], 'badArguments', /needs the module tinyMQTT/],
    [['--interpreter', '/nowhere', '--out', newFolder(), '--bundle', PROGRAM], 'badArguments', /no such file/],
  ] as const) {
    const { code, output } = await install([...argv]);
    assert.equal(code, EXIT[exit], output);
    assert.match(output, says);
    assert.match(output, /^installer: \S[^\n]+\n(pin [^\n]+\n)?$/);
  }
});

test('serves the page to this computer alone, until the signal', async () => {
  const stop = new AbortController();
  let output = '';
  let open = (_url: string) => {};
  const opened = new Promise<string>((resolve) => (open = resolve));
  const served = install(argvFor(newFolder(), '--serve', '0'), {
    signal: stop.signal,
    write: (text) => {
      output += text;
      if (text.startsWith('open http')) open(/http:\S+/.exec(text)?.[0] ?? '');
    },
  });
  const url = await opened;
  const page = await fetch(url);
  assert.equal(page.status, 200);
  assert.match(await page.text(), /esp-web-install-button/);
  assert.equal((await fetch(`${url}manifest.json`)).headers.get('content-type'), 'application/json');
  assert.equal((await fetch(`${url}../package.json`)).status, 404);
  await assert.rejects(fetch(url.replace('localhost', '127.0.0.2')), 'no other address of this computer answers');
  stop.abort();
  assert.equal((await served).code, EXIT.ok, output);
});

test('says that the port is taken', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  const { code, output } = await install(argvFor(newFolder(), '--serve', String(port)));
  other.close();
  assert.equal(code, EXIT.badArguments, output);
  assert.match(output, /--serve \d+: cannot use this port \(EADDRINUSE\)/);
});
