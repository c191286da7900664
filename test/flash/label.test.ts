// The label: what stands on it, what a phone reads from its QR code (by a decoder that is not ours), and when it is refused.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeQR } from 'qr/decode.js';
import { EXIT } from '../../tools/flash/exits.ts';
import { labelOf, wifiText } from '../../tools/flash/label.ts';
import { readMasterKey, setupPassword } from '../../tools/keys.ts';
import { bundle, flash, MASTER_KEY, SETTINGS_ARGV, updatable, withBoard } from '../support/flashing.ts';
import { SERIAL } from '../support/scriptedInterpreter.ts';

const LOADER = 'eval(require("Storage").read("light.a"))';

const folder = mkdtempSync(join(tmpdir(), 'label-'));
writeFileSync(join(folder, 'loader.js'), LOADER);
writeFileSync(join(folder, 'setup.js'), '(function(board,parts){})');

/** Pixels for each module of the code. */
const SCALE = 4;

/** Reads the QR code of a label, drawn as its path says. */
function scanned(svg: string): string {
  const squares = [...svg.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => [Number(x), Number(y)] as const);
  const side = (Math.max(...squares.flat()) + 5) * SCALE;
  const data = new Uint8Array(side * side * 4).fill(255);
  for (const [x, y] of squares)
    for (let dot = 0; dot < SCALE * SCALE; dot += 1) {
      const at = ((y * SCALE + Math.floor(dot / SCALE)) * side + x * SCALE + (dot % SCALE)) * 4;
      data.fill(0, at, at + 3);
    }
  return decodeQR({ width: side, height: side, data });
}

const run = (port: string, ...more: string[]) =>
  flash(['--port', port, '--bundle', updatable('1.0.0'), ...SETTINGS_ARGV, ...more], { dist: folder });

test('writes a label with which a phone joins the access point of the set-up mode', () =>
  withBoard({}, async (_, port) => {
    const file = join(folder, 'one.svg');
    const { code, output } = await run(port, '--label', file);
    assert.equal(code, EXIT.ok, output);
    assert.ok(output.includes(`✓ label     ${file}\n`), output);
    const svg = readFileSync(file, 'utf8');
    const password = setupPassword(readMasterKey(MASTER_KEY)!, SERIAL);
    assert.equal(scanned(svg), `WIFI:T:WPA;S:light-0001;P:${password};;`);
    for (const text of ['me', 'light-0001', password, 'http://192.168.4.1']) assert.ok(svg.includes(`>${text}</text>`));
    assert.equal(statSync(file).mode & 0o777, 0o600);
  }));

test('gives each of several boards a label of its own', () =>
  withBoard({}, (_, one) =>
    withBoard({}, async (__, two) => {
      const { code, output } = await run(one, '--port', two, '--label', join(folder, 'many.svg'));
      assert.equal(code, EXIT.ok, output);
      assert.match(readFileSync(join(folder, 'many-a0b1c2d30001.svg'), 'utf8'), /^<svg /);
    }),
  ));

test('escapes what has a meaning in the code and in the file', () => {
  const texts = { name: 'a<b>&c', ssid: 'l;i,g:h"t\\', password: 'p;a,s:s' };
  assert.equal(wifiText(texts), 'WIFI:T:WPA;S:l\\;i\\,g\\:h\\"t\\\\;P:p\\;a\\,s\\:s;;');
  const svg = labelOf(texts);
  assert.equal(scanned(svg), wifiText(texts));
  assert.ok(svg.includes('>a&lt;b&gt;&amp;c</text>'));
});

test('writes long names smaller', () => {
  const sizes = ['short', 'x'.repeat(32)].map((name) => {
    const svg = labelOf({ name, ssid: 'light-0001', password: 'abcdefgh2345' });
    return Number(/font-size="([\d.]+)" font-weight="bold"/.exec(svg)?.[1]);
  });
  assert.ok(sizes[0]! > 2 * sizes[1]!, sizes.join());
});

test('refuses a label that cannot be written, before anything else', () =>
  withBoard({}, async (board, port) => {
    const nowhere = await run(port, '--label', '/nowhere/label.svg');
    assert.equal(nowhere.code, EXIT.badArguments);
    assert.match(nowhere.output, /^flash: --label \/nowhere\/label\.svg cannot be written \(ENOENT\)\n$/);
    const alone = ['--port', port, '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV, '--label', join(folder, 'no.svg')];
    const withoutSetUp = await flash(alone);
    assert.equal(withoutSetUp.code, EXIT.badArguments);
    assert.match(withoutSetUp.output, /--label wants a bundle with set-up mode/);
    assert.equal(board.received(), 0);
    assert.match((await flash(['--show', '--label', 'x'])).output, /--label does not go with --show/);
  }));
