// The Storage image: the real interpreter reads its files, writes more, compacts it, and boots the light from it.

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { INTERPRETER_HINT, interpreterPath } from '../../sim/interpreter/interpreter.ts';
import { imageOf } from '../../tools/image.ts';
import { until } from '../../tools/flash/until.ts';
import { storageImage } from '../../tools/installer/storageImage.ts';
import { ARCHIVE, install, newFolder } from '../support/installing.ts';

const FIRMWARE = 'dist/firmware.js';

const executable = interpreterPath() ?? '';
const REAL = { skip: executable === '' && INTERPRETER_HINT, timeout: 60_000 };

/** The interpreter for Linux has a smaller Storage than the chip. */
const LINUX_STORAGE_BYTES = 256 * 1024;

const file = (name: string, bytes: Uint8Array) => ({ name, image: imageOf(bytes) });

/** Makes a board of a Storage. */
function boardOf(image: Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'storage-'));
  writeFileSync(join(folder, 'espruino.flash'), image.subarray(0, LINUX_STORAGE_BYTES));
  return folder;
}

/** Runs a program that prints one value. */
function evaluate(folder: string, expression: string): unknown {
  writeFileSync(join(folder, 'ask.js'), `print("<"+JSON.stringify(${expression})+">");quit();`);
  const { stdout } = spawnSync(executable, ['ask.js'], { cwd: folder, encoding: 'latin1', timeout: 20_000 });
  const answer = /<(.*)>/.exec(stdout)?.[1];
  assert.ok(answer, stdout);
  return JSON.parse(answer);
}

const STATE = '(n=>{var s=require("Storage").read(n);return [s.length,E.CRC32(s)]})';

test('reads files of every length, in their order, and finds no trash', REAL, () => {
  const lengths = [1, 2, 3, 4, 5, 31, 32, 33, 4_093, 20_000];
  const files = lengths.map((length, i) => file(`file${i}`, Buffer.alloc(length, `${i}\xff\0x`, 'latin1')));
  const long = file('n'.repeat(28), Buffer.from('a name of full length'));
  const folder = boardOf(storageImage([...files, long], 896 * 1024));
  const all = [...files, long];
  const names = all.map(({ name }) => name);
  assert.deepEqual(evaluate(folder, 'require("Storage").list()'), names);
  const states = evaluate(folder, `${JSON.stringify(names)}.map(${STATE})`);
  assert.deepEqual(
    states,
    all.map(({ image }) => [image.length, crc32(image.bytes)]),
  );
  const { fileCount, trashBytes } = evaluate(folder, 'require("Storage").getStats()') as Record<string, number>;
  assert.deepEqual([fileCount, trashBytes], [all.length, 0]);
});

test('takes more files, and keeps its own in a compaction', REAL, () => {
  const own = file('mine', Buffer.from('0123456789'));
  const folder = boardOf(storageImage([file('first', Buffer.from('one')), own], 896 * 1024));
  const work = '(s=>{s.write("more","x");s.erase("first");s.compact();return s.list().map(n=>[n,s.read(n)])})';
  assert.deepEqual(evaluate(folder, `${work}(require("Storage"))`), [
    ['mine', '0123456789'],
    ['more', 'x'],
  ]);
});

test('refuses files that do not fit', () => {
  assert.throws(() => storageImage([file('big', new Uint8Array(5_000))], 4_096), /takes 5032 bytes/);
  assert.throws(() => storageImage([file('n'.repeat(29), new Uint8Array(1))], 4_096), /longer than 28/);
});

/** The interpreter for Linux has no Wi-Fi: one that is there at once. */
const WIFI =
  'Modules.addCached("Wifi",function(){exports.connect=function(s,o,c){print("joins",s);setTimeout(c,10,null)};' +
  'exports.getIP=function(){return{ip:"0.0.0.0"}};exports.getStatus=function(){return{mode:"STA"}};' +
  'exports.stopAP=exports.disconnect=function(c){if(c)setTimeout(c,10)}})';

/** Boots a board until it has printed words. */
async function boots(folder: string, ...words: RegExp[]): Promise<void> {
  const child = spawn(executable, ['-e', '1'], { cwd: folder, stdio: ['pipe', 'pipe', 'ignore'] });
  let log = '';
  child.stdout.on('data', (data: Buffer) => (log += data.toString('latin1')));
  const isDone = await until(() => words.every((one) => one.test(log)), 20_000);
  child.kill('SIGKILL');
  assert.ok(isDone, log.slice(-800));
}

test(
  'boots the light that the page installs, with and without settings',
  { ...REAL, skip: REAL.skip || (!existsSync(FIRMWARE) && 'needs the bundle: npm run build') },
  async () => {
    const settings = ['--wifi-ssid', 'Home', '--wifi-password', 'correct horse', '--broker', '127.0.0.1:1'];
    for (const more of [[], [...settings, '--publish-settings']]) {
      const page = newFolder();
      const { code, output } = await install(['--interpreter', ARCHIVE, '--out', page, ...more], { dist: 'dist' });
      assert.equal(code, 0, output);
      const folder = boardOf(readFileSync(join(page, 'esp32/storage.bin')));
      evaluate(folder, `require("Storage").write(".boot0",${JSON.stringify(WIFI)})`);
      await boots(folder, /boot light/, ...(more.length > 0 ? [/joins Home/] : []));
    }
  },
);
