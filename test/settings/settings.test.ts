// The two checks of settings, in the tools and on the chip, agree on every value; and docs/settings.md shows their table.

import assert from 'node:assert/strict';
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { format, resolveConfig } from 'prettier';
import { build } from '../../bundler/bundle.ts';
import { pinComplaints, SETTINGS, type Setting } from '../../settings/schema.ts';
import { complaintsAbout, readSettingsFile } from '../../settings/values.ts';
import { createSettings } from '../../src/config.ts';
import { interpreter, NO_INTERPRETER, runOnInterpreter } from '../support/interpreter.ts';
import { BAD, bytes, GOOD } from './settings.examples.ts';

const PAGE = new URL('../../docs/settings.md', import.meta.url);
const EXAMPLE = new URL('../../light.example.json', import.meta.url);
const SRC = new URL('../../src/', import.meta.url);
const SERIAL = 'aabbccdd-eeff';

/** Checks a `light.json` for an ESP32 as the tools do. */
const toolComplaints = (json: string): string[] => {
  const wrong = complaintsAbout(JSON.parse(json));
  return wrong.length > 0 ? wrong : pinComplaints(JSON.parse(json), 'ESP32');
};

/** Reads a `light.json` as the chip does. */
function onChip(json: string) {
  const log: string[] = [];
  const pin = (name: string) => (/^D[0-3]?\d$/.test(name) ? { write() {}, read: () => 0 } : undefined);
  const storage = {
    read: () => json,
    readJSON: () => JSON.parse(json),
    write: () => true,
    erase: () => {},
    getFree: () => 1e6,
  };
  const board = { serial: SERIAL, kind: 'ESP32', storage, log: (line: string) => void log.push(line), pin };
  return { settings: createSettings(board, {}, bytes), log };
}

const json = (key: string, value: unknown): string => JSON.stringify({ [key]: value });

test('the tools accept what the chip accepts', () => {
  for (const [key, value] of GOOD) assert.deepEqual(toolComplaints(json(key, value)), [], json(key, value));
});

test('the tools refuse what the chip refuses, in one line that begins with the key', () => {
  for (const [key, ...values] of BAD) {
    for (const value of values) {
      const [line, ...more] = toolComplaints(json(key, value));
      assert.deepEqual(more, []);
      assert.match(line ?? `accepted: ${json(key, value)}`, new RegExp(`^"?${key}\\b.{8,}`));
    }
  }
});

const words = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'D0123456789a.:-_ /+#"\\@\t\x7fé€𝄞'), maxLength: 8 }),
  fc.constantFrom(0, 1, 7, 8, 31, 32, 63, 64, 128, 129).map((length) => 'x'.repeat(length)),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.nat(60).map((gpio) => `D${gpio}`),
  fc.constantFrom('', '0', '1', '01883', '1e3', '65535', '65536', '1:2').map((port) => `host:${port}`),
  fc.constantFrom('off', 'on', 'last', 'none', 'true', '30'),
);
const values = fc.oneof(
  words,
  fc.array(words, { maxLength: 3 }),
  fc.constantFrom(8, 9, 16, 17).map((length) => Array.from({ length }, (_, index) => `t${index}`)),
  fc.record({ ssid: words, password: words, pass: words }, { requiredKeys: [] }),
  fc.record({ ssid: words, password: fc.constant('correct horse') }),
  fc.record({ ssid: fc.constant('Home'), password: words }),
  fc.integer({ min: -5, max: 3605 }),
  fc.double(),
  fc.constantFrom(true, false, null),
);
const KEYS = [...new Set(SETTINGS.map(({ key }) => key.split('.')[0]!))];

test('the tools and the chip agree on any settings', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...KEYS, 'colour'), values, { maxKeys: 2 }), (settings) => {
      const text = JSON.stringify(settings);
      assert.equal(onChip(text).log.length > 0, toolComplaints(text).length > 0, text);
    }),
    { numRuns: 20_000 },
  );
});

test('the example is right', () => {
  assert.deepEqual(complaintsAbout(readSettingsFile(fileURLToPath(EXAMPLE))), []);
});

test('the defaults of the table are those of the chip', () => {
  const table = SETTINGS.filter(({ fallback }) => fallback !== undefined).map(({ key, fallback }) => [key, fallback]);
  const wanted = JSON.stringify({ wifi: {}, broker: [], ...Object.fromEntries(table) });
  assert.deepEqual(onChip('{}').settings, JSON.parse(wanted.replace('<serial>', SERIAL.replace('-', ''))));
});

/** Runs src/config.ts on the interpreter; prints for each `light.json` how many lines it logs, and its settings. */
const HARNESS = `
import { createSettings } from './config.ts';
declare const texts: string[];
texts.forEach(function (text, index) {
  let lines = 0;
  const storage = {
    read: function () { return text; },
    readJSON: function () { return JSON.parse(text); },
    write: function () { return true; },
    erase: function () {},
    getFree: function () { return 1e6; },
  };
  const board = {
    serial: '${SERIAL}',
    kind: 'ESP32',
    storage: storage,
    log: function () { lines++; },
    pin: function (name) { return Pin(name === 'D33' ? 'D32' : name); },
  };
  const settings = createSettings(board, {}, function (text) {
    return E.isUTF8 && E.isUTF8(text) ? E.fromUTF8(text) : text;
  });
  print('#' + index + ' ' + lines + ' ' + JSON.stringify(settings));
});`;

/** Reads each text on the interpreter, whose JSON writes a byte as \\xNN. */
async function onInterpreter(texts: string[]): Promise<{ lines: number; settings: unknown }[]> {
  const root = mkdtempSync(path.join(tmpdir(), 'settings-'));
  mkdirSync(path.join(root, 'src'));
  writeFileSync(path.join(root, 'package.json'), '{"version":"1.2.3"}');
  writeFileSync(
    path.join(root, 'src/main.ts'),
    HARNESS.replace('declare const texts: string[]', `const texts = ${JSON.stringify(texts.map(bytes))}`),
  );
  for (const file of ['config.ts', 'files.ts'])
    writeFileSync(path.join(root, 'src', file), readFileSync(new URL(file, SRC)));
  const { code, problems } = await build({ root });
  rmSync(root, { recursive: true });
  assert.deepEqual(problems, []);
  const printed = (await runOnInterpreter(code)).filter((line) => line.startsWith('#'));
  return printed.map((line) => {
    const [, lines, text = ''] = /^#\d+ (\d+) (.*)$/.exec(line) ?? [];
    return { lines: Number(lines), settings: JSON.parse(text.replace(/\\x(..)/g, '\\u00$1')) };
  });
}

test('the interpreter agrees', { skip: !interpreter && NO_INTERPRETER }, async () => {
  const texts = [
    ...GOOD.map(([key, value]) => json(key, value)),
    ...BAD.flatMap(([key, ...wrong]) => wrong.map((value) => json(key, value))),
    ...['{"pin":"D0"}', '{"pin":"D4","button":"D4"}', '{"colour":1}'],
  ];
  const found = await onInterpreter(texts);
  assert.equal(found.length, texts.length);
  texts.forEach((text, index) => {
    const { settings, log } = onChip(text);
    assert.deepEqual(found[index], { lines: log.length, settings }, text);
  });
});

function pageRow({ key, flags, kind, fallback, wants, help, variable }: Setting): string {
  const no = kind === 'switch' ? [`--no-${flags[0]}`] : [];
  const flag = [...flags.map((name) => `--${name}`), ...no].map((name) => `\`${name}\``).join(', ');
  const more = variable ? `; or \`${variable}\`, or asked for` : '';
  const standard = fallback === undefined ? '-' : `\`${JSON.stringify(fallback)}\``;
  return `| \`${key}\` | ${flag} | ${standard} | ${wants} | ${help}${more} |`;
}

test('docs/settings.md shows the table of the settings as it is', async () => {
  const [, between] = /<!-- settings -->([^]*)<!-- \/settings -->/.exec(readFileSync(PAGE, 'utf8')) ?? [];
  const table = ['| key | flag | default | value | meaning |', '| - | - | - | - | - |', ...SETTINGS.map(pageRow)];
  const options = await resolveConfig(PAGE);
  const wanted = await format(table.join('\n'), { ...options, parser: 'markdown' });
  assert.equal(between?.trim(), wanted.trim(), `put this between the markers:\n${wanted}`);
});
