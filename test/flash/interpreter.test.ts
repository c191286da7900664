// The flash tool on the real interpreter: upload, verify, restart from its flash, and a light that obeys mosquitto.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { INTERPRETER_HINT, interpreterPath } from '../../sim/interpreter/interpreter.ts';
import { createInterpreterPort } from '../../sim/interpreter/interpreterPort.ts';
import { createMosquitto, mosquittoAvailable, type Mosquitto } from '../../sim/broker/mosquitto.ts';
import { createProxy, type Proxy } from '../../sim/network/proxy.ts';
import { openBoard } from '../../tools/flash/board.ts';
import { EXIT } from '../../tools/flash/exits.ts';
import { LIMITS } from '../../tools/flash/limits.ts';
import { until } from '../../tools/flash/until.ts';
import { bundle, file, flash, programText, SETTINGS_ARGV } from '../support/flashing.ts';

const FIRMWARE = 'dist/firmware.js';

const executable = interpreterPath();
const REAL = { skip: executable === undefined && INTERPRETER_HINT, timeout: 120_000 };
const REAL_LIGHT = {
  ...REAL,
  skip:
    REAL.skip ||
    (!mosquittoAvailable() && 'needs mosquitto') ||
    (!existsSync(FIRMWARE) && 'needs the bundle: npm run build'),
};

/** Long enough for a busy computer, short enough for a test. */
const limits = { ...LIMITS, identifyMs: 15_000, evaluateMs: 5_000, resyncMs: 6_000, bootMs: 10_000, settleMs: 300 };

type Chip = Awaited<ReturnType<typeof createInterpreterPort>>;

async function withInterpreters(count: number, run: (chips: Chip[]) => Promise<void>): Promise<void> {
  const chips = await Promise.all(Array.from({ length: count }, () => createInterpreterPort(executable ?? '')));
  try {
    await run(chips);
  } finally {
    await Promise.all(chips.map((chip) => chip.close()));
  }
}

const real = (argv: string[]) => flash([...argv, '--force'], { limits });

/** Creates a proxy to a board that cuts the line after a number of bytes. */
async function cuttingProxy(chip: Chip, cutAfterBytes: number): Promise<Proxy> {
  let sent = 0;
  const proxy = await createProxy({
    target: chip.address.slice('tcp://'.length),
    onBytes: (_, direction, bytes) => {
      if (direction === 'fromBoard') sent += bytes.length;
      if (sent > cutAfterBytes) proxy.kill();
    },
  });
  return proxy;
}

/** Lists the files in a flash, in order; a file without a name is trash. */
function filesIn(flash: Buffer): { name: string; data: string }[] {
  const files = [];
  for (let at = 0; flash.readUInt32LE(at) !== 0xffffffff;) {
    const length = flash.readUInt32LE(at) & 0xffffff;
    const isTrash = flash.readUInt32LE(at + 4) === 0;
    const name = isTrash ? '' : flash.toString('latin1', at + 4, at + 32).replace(/\0.*$/, '');
    files.push({ name, data: flash.toString('latin1', at + 32, at + 32 + length) });
    at += 32 + Math.ceil(length / 4) * 4;
  }
  return files;
}

/** Waits for words on a console, from an index in its log on. */
async function prints(chip: Chip, words: string, from = 0): Promise<void> {
  const found = await until(() => chip.log().includes(words, from), 20_000);
  assert.ok(found, `${words}: ${chip.log().slice(-500)}`);
}

test('refuses the interpreter for Linux without --force: it is no ESP32', REAL, () =>
  withInterpreters(1, async ([chip]) => {
    const { code, output } = await flash(['--port', chip!.address, '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV], {
      limits,
    });
    assert.equal(code, EXIT.wrongBoard, output);
    assert.match(output, /LINUX/);
  }),
);

test('flashes the real interpreter, which boots the program from its flash afterwards', REAL, () =>
  withInterpreters(1, async ([chip]) => {
    const argv = ['--port', chip!.address, '--bundle', bundle('1.0.0', 20_000)];
    const { code, output } = await real([...argv, ...SETTINGS_ARGV, '--name', 'Küche']);
    assert.equal(code, EXIT.ok, output);
    const mark = chip!.log().length;
    chip!.powerCycle();
    await prints(chip!, 'boot light-node 1.0.0', mark);
    const show = await real([...argv, '--show']);
    assert.match(show.output, /same as the bundle/);
    assert.match(show.output, /name +Küche\n/);
    assert.match(show.output, /wifi\.password +••••••••\n/);
  }),
);

test('updates the real interpreter while a program runs, and erases it', REAL, () =>
  withInterpreters(1, async ([chip]) => {
    const busy = `${programText('1.0.0')}setInterval(function(){print('tick')},20);\n`;
    const first = ['--port', chip!.address, '--bundle', file('busy.js', busy)];
    assert.equal((await real([...first, ...SETTINGS_ARGV])).code, EXIT.ok);
    const update = await real(['--port', chip!.address, '--bundle', bundle('2.0.0'), '--keep-config']);
    assert.equal(update.code, EXIT.ok, update.output);
    assert.match(update.output, /boot light-node 2\.0\.0/);
    const erased = await real(['--port', chip!.address, '--erase']);
    assert.equal(erased.code, EXIT.ok, erased.output);
    assert.match(erased.output, /erased .*light\.json/);
  }),
);

test('leaves the flash of the real interpreter compact: the program first, every other file as it was', REAL, () =>
  withInterpreters(1, async ([chip]) => {
    const log = `\x01\x02${'\xff'.repeat(510)}`;
    const writes = [
      "var s=require('Storage');",
      "s.write('light.id','abc');s.write('light.id','abcdefghijklmnopqrstuvw');",
      "s.write('light.log0','\\xff\\xff',0,512);s.write('light.log0','\\1\\2',0,512);",
      "for(var o=0;o<5000;o+=500)s.write('mine.dat','0123456789'.repeat(50),o,5000);",
      '',
    ];
    const path = file('used.js', programText('1.0.0') + writes.join('\n'));
    const first = await real(['--port', chip!.address, '--bundle', path, ...SETTINGS_ARGV]);
    assert.equal(first.code, EXIT.ok, first.output);
    assert.equal(filesIn(chip!.flash())[0]?.name, '.bootcde');
    const { code, output } = await real([
      '--port',
      chip!.address,
      '--bundle',
      bundle('2.0.0', 20_000),
      '--keep-config',
    ]);
    assert.equal(code, EXIT.ok, output);
    const files = filesIn(chip!.flash());
    assert.deepEqual(
      files.map(({ name }) => name),
      ['.bootcde', 'light.json', '.boot0', 'light.id', 'light.log0', 'mine.dat'],
    );
    assert.equal(files[0]?.data, `/**/${programText('2.0.0', 20_000)}`);
    assert.match(files[1]?.data ?? '', /"ssid":"Home"/);
    assert.deepEqual(
      files.slice(3).map(({ data }) => data),
      ['abcdefghijklmnopqrstuvw', log, '0123456789'.repeat(500)],
    );
  }),
);

test('boots the old program, the new one or none wherever the line to the real interpreter is cut', REAL, () =>
  withInterpreters(1, async ([chip]) => {
    const [old, next] = [bundle('1.0.0'), bundle('2.0.0')];
    assert.equal((await real(['--port', chip!.address, '--bundle', old, ...SETTINGS_ARGV])).code, EXIT.ok);
    let cuts = 0;
    for (let code: number = EXIT.lostInTransfer; code !== EXIT.ok; cuts += 1) {
      const proxy = await cuttingProxy(chip!, 50 + cuts * 250);
      ({ code } = await real(['--port', `tcp://127.0.0.1:${proxy.port}`, '--bundle', next, ...SETTINGS_ARGV]));
      await proxy.stop();
      assert.ok(
        [EXIT.ok, EXIT.lostInTransfer].some((one) => one === code),
        `cut ${cuts}: ${code}`,
      );
      const mark = chip!.log().length;
      chip!.powerCycle();
      await prints(chip!, '>', mark);
      const ran = [
        ...chip!
          .log()
          .slice(mark)
          .matchAll(/(start|boot light-node) (\d)/g),
      ].map((match) => match[0]);
      assert.ok(['', 'start 1,boot light-node 1', 'start 2,boot light-node 2'].includes(ran.join()), ran.join());
    }
    assert.ok(cuts > 5, `only ${cuts} cuts were in time`);
  }),
);

test('runs nothing of a program whose comment the real interpreter finds open', REAL, () =>
  withInterpreters(1, async ([chip]) => {
    assert.equal((await real(['--port', chip!.address, '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV])).code, EXIT.ok);
    const board = await openBoard(chip!.address, { baud: 115_200, limits, ifBare: '' });
    await board.identify(true);
    await board.evaluate(
      '(function(s,p){p=""+s.read(p);s.erase(".bootcde");s.write(".bootcde","/*\\xff\\xff"+p.substr(4))})' +
        '(require("Storage"),".bootcde")||0',
    );
    await board.close();
    const mark = chip!.log().length;
    chip!.powerCycle();
    await prints(chip!, 'Got UNFINISHED COMMENT', mark);
    assert.doesNotMatch(chip!.log().slice(mark), /start|boot light-node/);
  }),
);

test('shows what the firmware throws at boot on the real interpreter', REAL, () =>
  withInterpreters(1, async ([chip]) => {
    const path = file('throws-there.js', 'nosuch();\n');
    const { code, output } = await real(['--port', chip!.address, '--bundle', path, ...SETTINGS_ARGV]);
    assert.equal(code, EXIT.threwAtBoot, output);
    assert.match(output, /ReferenceError: "nosuch" is not defined/);
  }),
);

async function withBroker(run: (broker: Mosquitto) => Promise<void>): Promise<void> {
  const broker = await createMosquitto();
  try {
    await run(broker);
  } finally {
    await broker.dispose();
  }
}

test('two real boards at once become lights that obey mosquitto_pub', REAL_LIGHT, () =>
  withBroker((broker) =>
    withInterpreters(2, async (chips) => {
      const ports = chips.flatMap((chip, i) => ['--port', chip.address, '--name', `lamp${i}`]);
      const settings = ['--wifi-ssid', 'Home', '--wifi-password', '', '--broker', `127.0.0.1:${broker.port}`];
      const { code, output } = await real([...ports, '--bundle', FIRMWARE, ...settings, '--wait']);
      assert.equal(code, EXIT.ok, output);
      assert.equal([...output.matchAll(/✓ connect +mqtt connected as /g)].length, 2, output);
      assert.match(output, /2 of 2 boards done\n/);
      const marks = chips.map((chip) => chip.log().length);
      execFileSync('mosquitto_pub', ['-p', String(broker.port), '-q', '1', '-t', 'home/bedroom/light', '-m', 'on']);
      await Promise.all(chips.map((chip, i) => prints(chip, 'light on', marks[i])));
    }),
  ),
);

test('a light whose broker is away is a light all the same, only not with --wait', REAL_LIGHT, () =>
  withInterpreters(1, async ([chip]) => {
    const argv = ['--port', chip!.address, '--bundle', FIRMWARE, '--wifi-ssid', 'Home', '--wifi-password', ''];
    const { code, output } = await real([...argv, '--broker', '127.0.0.1:1']);
    assert.equal(code, EXIT.ok, output);
    const waiting = await flash([...argv, '--broker', '127.0.0.1:1', '--force', '--wait'], {
      limits: { ...limits, connectMs: 2_000 },
    });
    assert.equal(waiting.code, EXIT.notConnected, waiting.output);
    assert.match(waiting.output, /last line: .*(mqtt|ERROR)/);
  }),
);
