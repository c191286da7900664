// The build: one reproducible ASCII file, refused in one line per reason, with its size per source file.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import vm from 'node:vm';
import { build } from '../../bundler/bundle.ts';
import { isChipGlobal } from '../../bundler/globals.ts';
import { deliver } from '../../bundler/cli.ts';
import { readSettings } from '../../settings/values.ts';
import { buildImage } from '../../bundler/image.ts';
import { BUDGET_BYTES as BUDGETS, measure, overBudget, reportSize } from '../../bundler/size.ts';
import { variablesOf } from '../../bench/costs.ts';
import { createLab } from '../../bench/lab.ts';
import { interpreter, NO_INTERPRETER, runOnInterpreter } from '../support/interpreter.ts';

const CLI = fileURLToPath(new URL('../../build.mjs', import.meta.url));
/** Of the chip's some 5,800; more than that and the light has grown out of hand. */
const BUDGET_VARIABLES = 825;

const scratch = mkdtempSync(path.join(tmpdir(), 'build-'));
after(() => rmSync(scratch, { recursive: true }));

let projects = 0;

/** A project of its own with these files in src/. */
function project(sources: Record<string, string>): string {
  const root = path.join(scratch, String((projects += 1)));
  mkdirSync(path.join(root, 'src', 'update'), { recursive: true });
  writeFileSync(path.join(root, 'package.json'), '{"version":"1.2.3"}');
  for (const [name, text] of Object.entries(sources)) writeFileSync(path.join(root, 'src', name), text);
  return root;
}

const buildMain = (main: string, options: Parameters<typeof build>[0] = {}) =>
  build({ root: project({ 'main.ts': main }), ...options });

const imageOf = (main: string, more: Record<string, string> = {}) =>
  buildImage({ root: project({ 'main.ts': main, ...more }) });

/** What a bundle prints when it runs as plain JavaScript. */
function outputOf(code: string): unknown[] {
  const printed: unknown[] = [];
  vm.runInNewContext(code, { print: (value: unknown) => printed.push(value), require: (name: string) => name });
  return printed;
}

/** All that esbuild is to lower. */
const LOWERED = `
  let o: { a?: { b: number; f?: () => number } } | undefined = { a: { b: 2 } };
  let n: number | undefined;
  n ??= o?.a?.b ** 3;
  try { print(\`n=\${n ?? 0}\`); } catch { print(0); }
  class A { x = 1; static y = 2; m = () => this.x; }
  print(new A().m() + A.y);
  print(o.a.f?.() ?? 'gone');
  enum Kind { A = 3, B }
  print(Kind[4] + Kind.B);`;

const run = (...args: string[]) => spawnSync(process.execPath, [CLI, ...args], { cwd: scratch, encoding: 'utf8' });

describe('build', () => {
  it('gives the same ASCII bytes wherever it runs from', async () => {
    const sources = { 'main.ts': "import { a } from './a.ts';\nprint(a);", 'a.ts': 'export const a = 1;' };
    const [one, two] = [await build({ root: project(sources) }), await build({ root: project(sources) })];
    assert.deepEqual(one.problems, []);
    assert.equal(one.code, two.code);
    assert.match(one.code, /^[\n\x20-\x7e]+$/);
    assert.doesNotMatch(one.code, /sourceMappingURL/);
  });

  it('lowers what the chip cannot parse and esbuild can', async () => {
    const { code, problems } = await buildMain(LOWERED);
    assert.deepEqual(problems, []);
    assert.deepEqual(outputOf(code), ['n=8', 3, 'gone', 'B4']);
  });

  it('lowers to what runs on a real interpreter', { skip: !interpreter && NO_INTERPRETER }, async () => {
    const { code } = await buildMain(LOWERED);
    const printed = await runOnInterpreter(code);
    assert.deepEqual(
      ['n=8', '3', 'gone', 'B4'].filter((line) => !printed.includes(line)),
      [],
    );
  });

  it('gives a variable no name that the chip uses', async () => {
    const names = Array.from({ length: 400 }, (_, index) => `name${index}`);
    const main = names.map((name) => `const ${name} = [print]; ${name}.push(${name}[0]);`).join('\n');
    const { code, problems } = await buildMain(main);
    assert.deepEqual(problems, []);
    const used = new Set(code.match(/\b[A-Za-z_$][\w$]*\b/g));
    assert.ok(used.size > 300, 'too few names to try the two-letter ones');
    assert.deepEqual(
      [...used].filter((name) => isChipGlobal(name) && name !== 'print'),
      [],
    );
  });

  it('renames a variable that the sources call like something of the chip', async () => {
    const { code, problems } = await buildMain('function g(url, E) { return url + E; }\nprint(g("o", "k"), print(g));');
    assert.deepEqual(problems, []);
    assert.deepEqual(outputOf(code).slice(1), ['ok']);
  });

  it('leaves the modules of the chip to the chip', async () => {
    const { code, problems } = await buildMain("import net = require('net');\nprint(net);");
    assert.deepEqual(problems, []);
    assert.match(code, /require\("net"\)/);
  });

  it('refuses an import of a chip module that would need a helper', async () => {
    const { problems } = await buildMain("import * as net from 'net';\nprint(net);");
    assert.equal(problems.length, 1);
    assert.match(String(problems[0]), /^src\/main\.ts:1:\d+ esbuild: "net" must be imported as: import net = require/);
  });

  it('names every violation by its source file and line', async () => {
    const root = project({
      'main.ts':
        "import { first } from './a.ts';\n\nprint(first([1]));\nfor (let i = 0; i < 2; i++) setTimeout(() => print(i), 0);",
      'a.ts':
        '// a comment\nexport function first(list: number[]) {\n  const [one] = list;\n  return [...list, one];\n}',
    });
    const { problems } = await build({ root });
    assert.deepEqual(
      problems.map((problem) => problem.replace(/:\d+ (\S+): .*/, ' $1')),
      ['src/a.ts:3 destructuring', 'src/a.ts:4 spread', 'src/main.ts:4 loop-closure'],
    );
  });

  it('reports what does not bundle in one line each', async () => {
    const { problems, size } = await buildMain("import './missing.ts';\nlet a = ;");
    assert.deepEqual(
      problems.map((problem) => problem.replace(/(esbuild: \w+ ?"?\S*).*/, '$1')),
      ['src/main.ts:2:9 esbuild: Unexpected ";"'],
    );
    assert.equal(size, undefined);
  });

  it('replaces the session by the one on tinyMQTT', async () => {
    const root = project({
      'main.ts': "import './node.ts';",
      'node.ts': "import { name } from './mqtt.ts';\nprint(name);",
      'mqtt.ts': "export const name = 'own';",
      'tinyMqtt.ts': "import mqtt = require('tinyMQTT');\nexport const name = mqtt;",
    });
    const [own, tiny] = [await build({ root }), await build({ root, mqtt: 'tinyMQTT' })];
    assert.deepEqual([own.problems, tiny.problems], [[], []]);
    assert.deepEqual([outputOf(own.code), outputOf(tiny.code)], [['own'], ['tinyMQTT']]);
  });

  it('says so when there is no session to replace', async () => {
    const { problems } = await buildMain('print(1);', { mqtt: 'tinyMQTT' });
    assert.match(String(problems), /^src\/node\.ts:1:1 no-mqtt: /);
  });

  it('writes every byte of a string in printable characters, and still knows the place of what follows', async () => {
    const bytes = Array.from({ length: 256 }, (_, byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join('');
    const main = `print("${bytes}"); print("\\x011"); const a = [1]; a.length = 0; print(a[0]);`;
    const { code, problems } = await buildMain(main);
    assert.match(code, /^[\n\x20-\x7e]+$/);
    assert.deepEqual(outputOf(code), [String.fromCharCode(...Array(256).keys()), '\x011', undefined]);
    assert.deepEqual(
      problems.map((problem) => problem.replace(/: .*/, '')),
      [`src/main.ts:1:${main.indexOf('a.length') + 1} array-length`],
    );
  });

  it('embeds settings with text as UTF-8 bytes, and the version', async () => {
    const settings = { name: 'caf\u00e9 \u20ac', broker: ['a', 'b'] };
    const { code, problems } = await buildMain(
      'print(BUILD_SETTINGS.name); print(BUILD_SETTINGS.broker[1]); print(VERSION);',
      {
        settings,
      },
    );
    assert.deepEqual(problems, []);
    assert.deepEqual(outputOf(code), ['caf\xc3\xa9 \xe2\x82\xac', 'b', '1.2.3+00000000']);
  });

  it('embeds an empty object when there are no settings', async () => {
    const { code } = await buildMain('print(typeof BUILD_SETTINGS.name);');
    assert.deepEqual(outputOf(code), ['undefined']);
  });
});

describe('size report', () => {
  const BUDGET_BYTES = BUDGETS.light;
  const FILES = ['src/a.ts', 'src/b.ts', '<define:BUILD_SETTINGS>'];

  /** A line of each file, and one that no file wrote. */
  const weigh = (...lengths: number[]) =>
    measure('light', lengths.map((length) => 'x'.repeat(length - 1)).join('\n') + '\n', (line) => {
      const file = FILES[line - 1];
      return file === undefined ? undefined : { file };
    });

  it('adds up to the bundle, largest file first, settings not counted as code', () => {
    const size = weigh(20, 70, 8, 2);
    assert.deepEqual(reportSize('firmware.js', size).split('\n'), [
      `firmware.js: 92 of ${BUDGET_BYTES.toLocaleString('en-US')} bytes (${Math.round(9200 / BUDGET_BYTES)} %)`,
      '      70  src/b.ts',
      '      20  src/a.ts',
      '       8  settings (--config)',
      '       2  glue (esbuild)',
    ]);
  });

  it('refuses the first byte over the budget', () => {
    assert.deepEqual(overBudget(weigh(BUDGET_BYTES - 1, 1, 8)), []);
    assert.match(String(overBudget(weigh(BUDGET_BYTES, 1, 8))), /^over budget by 1 bytes: /);
  });

  it('is part of every build', async () => {
    const { size, code, problems } = await buildMain(`print(${JSON.stringify('x'.repeat(BUDGET_BYTES))});`);
    assert.equal(
      size?.files.reduce((sum, file) => sum + file.bytes, 0),
      code.length,
    );
    assert.match(String(problems), /^over budget by \d+ bytes/);
  });
});

describe('the firmware', { skip: !interpreter && NO_INTERPRETER }, () => {
  it('takes no more variables of the chip after subscribing than the budget has', async (t) => {
    const firmware = (await build()).code;
    const lab = createLab({ firmware, tinyMqtt: undefined, isQuick: true, progress: () => undefined });
    const variables = await variablesOf(lab, { text: () => firmware });
    t.diagnostic(`${variables} variables`);
    assert.ok(variables <= BUDGET_VARIABLES);
  });
});

describe('the image', () => {
  const UPDATE = 'import { twice } from "./twice.ts"; result = twice(board) + parts.length; result += VERSION;';
  const updater = (text = UPDATE) => ({
    'update/main.ts': `declare const board: number, parts: string, VERSION: string; declare let result: number | string; ${text}`,
    'update/twice.ts': 'export function twice(n: number) { return 2 * n; }',
  });

  it('has the light in its first line and the updater in its second: a function that runs only when called', async () => {
    const { code, problems, sizes } = await imageOf('print(VERSION);', updater());
    assert.deepEqual(problems, []);
    assert.deepEqual(
      sizes.map(({ program }) => program),
      ['light', 'update'],
    );
    const [light, update, ...rest] = code.split('\n') as [string, string];
    assert.deepEqual(rest, []);
    const [version] = outputOf(light) as [string];
    assert.match(version, /^1\.2\.3\+[0-9a-f]{8}$/);
    assert.deepEqual(outputOf(code), [version]);
    assert.equal(vm.runInNewContext(update)(4, 'abc'), `11${version}`);
  });

  it('has the same version for the same sources, and another for others, even in the updater alone', async () => {
    const codes = [updater(), updater(), updater(UPDATE + 'result += "";')].map((more) =>
      imageOf('print(VERSION);', more),
    );
    const [one, same, other] = (await Promise.all(codes)).map(({ code }) => outputOf(code)[0]);
    assert.equal(one, same);
    assert.notEqual(one, other);
  });

  it('is refused for what the chip misreads in the updater', async () => {
    const { problems } = await imageOf('print(1);', updater('const [a] = [1]; result = a + board + parts.length;'));
    assert.match(String(problems), /src\/update\/main\.ts:1:\d+ destructuring/);
  });
});

describe('build settings', () => {
  const file = (text: string): string => {
    const name = path.join(scratch, 'settings.json');
    writeFileSync(name, text);
    return name;
  };

  it('are read from one JSON object', () => {
    assert.deepEqual(readSettings(file('{"pin":"D2"}')), { pin: 'D2' });
  });

  it('are refused in one line when they are anything else', () => {
    for (const text of ['[1]', 'null', '"x"'])
      assert.throws(() => readSettings(file(text)), /settings\.json holds no JSON object, such as /);
    for (const text of ['{"a":}', '', '{"password":"hunter2"'])
      assert.throws(() => readSettings(file(text)), /settings\.json is not valid JSON$/);
    assert.throws(() => readSettings(path.join(scratch, 'none.json')), /^Error: cannot read .*none\.json \(ENOENT\)$/);
    assert.throws(() => readSettings(scratch), /\(EISDIR\)$/);
  });
});

describe('node build.mjs', () => {
  const out = path.join(scratch, 'out', 'fw.js');

  it('explains itself', () => {
    const { status, stdout } = run('--help');
    assert.equal(status, 0);
    for (const word of ['--mqtt=tinyMQTT', '--config FILE', '--outfile FILE', 'Exit codes'])
      assert.ok(stdout.includes(word));
  });

  it('answers a wrong command line with one line and exit code 2', () => {
    for (const args of [['--mqtt=other'], ['--mqtt'], ['--nonsense'], ['extra'], ['--config'], ['--outfile', '']]) {
      const { status, stdout, stderr } = run(...args);
      assert.deepEqual([status, stdout, stderr.trim().split('\n').length], [2, '', 1], stderr);
      assert.match(stderr, /^build: .*\(see --help\)$/m);
    }
  });

  it('refuses to put settings where npm run flash builds a bundle without them', () => {
    writeFileSync(path.join(scratch, 'light.json'), '{"broker":"192.168.1.10"}');
    const { status, stdout, stderr } = run('--config', 'light.json');
    assert.deepEqual([status, stdout], [2, '']);
    assert.match(
      stderr,
      /^build: --config wants --outfile FILE: npm run flash and others write dist\/firmware\.js anew/,
    );
    assert.deepEqual([run('--config', 'light.json', '--outfile', out).status, existsSync(out)], [0, true]);
    assert.ok(readFileSync(out, 'utf8').includes('192.168.1.10'));
    rmSync(out);
  });

  it('answers a settings file that is not there with one line and exit code 1', () => {
    const { status, stdout, stderr } = run('--config', 'nowhere.json', '--outfile', out);
    assert.deepEqual([status, stdout, stderr], [1, '', 'build: cannot read nowhere.json (ENOENT)\n']);
  });

  it('answers a file that it cannot write with one line and exit code 1', () => {
    const { status, stderr } = run('--quiet', '--outfile', scratch);
    assert.deepEqual([status, stderr], [1, `build: cannot write ${scratch} (EISDIR); name another --outfile\n`]);
  });

  it('refuses wrong settings as the flash tool does, in a line each, and writes nothing', () => {
    writeFileSync(path.join(scratch, 'wrong.json'), '{"brokers":"a","pin":"D0","password":"hunter2\\t"}');
    const { status, stdout, stderr } = run('--config', 'wrong.json', '--outfile', out);
    const lines = [
      'build: wrong.json: "brokers" is no setting',
      'wrong.json: password has a control character in it, such as a tab: take it out',
      'wrong.json: pin and button are both D0: choose another pin, or no button (--button none)',
    ];
    assert.deepEqual([status, stdout, stderr.trim().split('\n')], [1, '', lines]);
    assert.ok(!existsSync(out));
  });

  it('writes the firmware of this project, the same from any folder', () => {
    const { status, stdout, stderr } = run('--outfile', out);
    assert.deepEqual([status, stderr], [0, '']);
    assert.match(stdout, /bytes \(\d+ %\)\n +[\d,]+ {2}src\//);
    const first = readFileSync(out);
    spawnSync(process.execPath, [CLI, '--outfile', out], { cwd: path.dirname(CLI) });
    assert.deepEqual(readFileSync(out), first);
  });
});

describe('deliver', () => {
  it('leaves no file, not even an older one, of a bundle that is refused', async () => {
    const lines: string[] = [];
    const terminal = { log: () => undefined, error: (line: string) => lines.push(line) };
    const outfile = path.join(scratch, 'refused', 'fw.js');
    assert.equal(deliver(outfile, await imageOf('print(1);'), terminal), 0);
    assert.ok(existsSync(outfile));
    assert.equal(deliver(outfile, await imageOf('const a = [1];\na.length = 0;\nprint(a);'), terminal), 1);
    assert.ok(!existsSync(outfile));
    assert.match(lines.join('\n'), /^src\/main\.ts:2:1 array-length: .*\nbuild: refused for 1 reason$/);
  });
});
