// The flash tool with scripted boards: success, and every failure with its exit code.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../../tools/flash/exits.ts';
import { bundle, file, flash, present, programText, SETTINGS_ARGV, wholeRun, withBoard } from '../support/flashing.ts';

const flashed = (port: string, ...more: string[]) =>
  flash(['--port', port, '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV, ...more]);

test('turns a bare board into a running light, step by step', () =>
  withBoard({}, async (board, port) => {
    const { code, output } = await flashed(port);
    assert.equal(code, EXIT.ok, output);
    const steps = [...output.matchAll(/✓ (\w+)/g)].map((match) => match[1]);
    assert.deepEqual(steps, ['open', 'identify', 'space', 'upload', 'verify', 'install', 'arrange', 'restart']);
    assert.deepEqual(present(board), wholeRun('1.0.0'));
    assert.match(output, /Try it: mosquitto_pub -h 192\.168\.1\.10 -t home\/bedroom\/light -m toggle\n$/);
  }));

test('leaves the program, the settings and nothing else in Storage', () =>
  withBoard({}, async (board, port) => {
    await flashed(port);
    assert.deepEqual(board.storage.list().sort(), ['.bootcde', 'light.json']);
    assert.equal(board.storage.read('.bootcde'), `/**/${programText('1.0.0')}`);
  }));

test('writes the settings as UTF-8 bytes', () =>
  withBoard({}, async (board, port) => {
    await flashed(port, '--name', 'Küche', '--topic', 'a', '--topic', 'b', '--active-low', '--keep-alive', '60');
    const stored = Buffer.from(board.storage.read('light.json') ?? '', 'latin1').toString('utf8');
    assert.deepEqual(JSON.parse(stored), {
      wifi: { ssid: 'Home', password: 'correct horse' },
      broker: '192.168.1.10',
      topics: ['a', 'b'],
      activeLow: true,
      keepAliveS: 60,
      name: 'Küche',
    });
  }));

test('removes saved programs that would run instead', () =>
  withBoard({ files: { '.bootrst': 'print(1)', '.varimg': 'x', 'mine.txt': 'keep' } }, async (board, port) => {
    const { code, output } = await flashed(port);
    assert.equal(code, EXIT.ok, output);
    assert.deepEqual(board.storage.list().sort(), ['.bootcde', 'light.json', 'mine.txt']);
  }));

test('does not wear the flash when the board holds everything already', () =>
  withBoard({}, async (board, port) => {
    await flashed(port);
    const writes = board.storage.writes.length;
    const { code, output } = await flashed(port);
    assert.equal(code, EXIT.ok);
    assert.match(output, /nothing to do/);
    assert.equal(board.storage.writes.length, writes);
  }));

test('quotes the first command for a shell', () =>
  withBoard({}, async (_, port) => {
    const argv = ['--username', "o'hara", '--password', 'p', '--topic', "anna's lamp"];
    const { output } = await flash(['--port', port, '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV, ...argv]);
    assert.ok(output.endsWith(` -u 'o'\\''hara' -P … -t 'anna'\\''s lamp' -m toggle\n`), output);
  }));

test('with --keep-config replaces the program alone', () =>
  withBoard({}, async (board, port) => {
    await flashed(port);
    const settings = board.storage.read('light.json');
    const { code, output } = await flash(['--port', port, '--bundle', bundle('2.0.0'), '--keep-config']);
    assert.equal(code, EXIT.ok);
    assert.equal(board.storage.read('light.json'), settings);
    assert.doesNotMatch(output, /no settings to keep/);
    assert.deepEqual(present(board), wholeRun('2.0.0'));
  }));

test('with --keep-config says that there are no settings to keep', () =>
  withBoard({}, async (_, port) => {
    const { code, output } = await flash(['--port', port, '--bundle', bundle('1.0.0'), '--keep-config']);
    assert.equal(code, EXIT.ok);
    assert.match(output, /! the board has no settings to keep/);
  }));

test('with --keep-config is content with settings that are built in', () =>
  withBoard({}, async (_, port) => {
    const path = file('built.js', `var createSettings=print;createSettings(1,{pin:'D5'});${programText('1.0.0')}`);
    const { code, output } = await flash(['--port', port, '--bundle', path, '--keep-config']);
    assert.equal(code, EXIT.ok, output);
    assert.doesNotMatch(output, /no settings to keep/);
  }));

test('with --wait relays the log and waits for MQTT', () =>
  withBoard({}, async (_, port) => {
    const connected = "print('wifi up 1.2.3.4');print('mqtt connected as abc');";
    const path = file('connects.js', `${programText('1.0.0')}${connected}\n`);
    const { code, output } = await flash(['--port', port, '--bundle', path, ...SETTINGS_ARGV, '--wait']);
    assert.equal(code, EXIT.ok, output);
    assert.match(output, /│ wifi up 1\.2\.3\.4\n/);
    assert.match(output, /✓ connect +mqtt connected as abc\n/);
  }));

test('with --wait fails when MQTT does not come up', () =>
  withBoard({}, async (_, port) => {
    const { code, output } = await flashed(port, '--wait');
    assert.equal(code, EXIT.notConnected, output);
  }));

test('with --show reads the settings back, secrets masked, and leaves the program running', () =>
  withBoard({}, async (board, port) => {
    await flashed(port);
    const starts = board.boots.length;
    const { code, output } = await flash(['--port', port, '--show', '--bundle', bundle('1.0.0')]);
    assert.equal(code, EXIT.ok, output);
    assert.match(output, /✓ storage +895 kB free, 0 kB trash\n/);
    assert.match(output, /same as the bundle/);
    assert.match(output, /wifi\.ssid +Home\n/);
    assert.match(output, /wifi\.password +••••••••\n/);
    assert.doesNotMatch(output, /correct horse/);
    assert.equal(board.boots.length, starts);
  }));

test('with --erase returns the board to a bare interpreter', () =>
  withBoard({}, async (board, port) => {
    await flashed(port);
    const { code, output } = await flash(['--port', port, '--erase']);
    assert.equal(code, EXIT.ok, output);
    assert.deepEqual(board.storage.list(), []);
    assert.deepEqual(board.powerCycle(), []);
  }));

test('refuses a port that nobody listens on', async () => {
  const { code, output } = await flashed('tcp://127.0.0.1:1');
  assert.equal(code, EXIT.noSuchPort);
  assert.match(output, /cannot be reached/);
});

test('gives up on a silent board and says what to do', () =>
  withBoard({ faults: { isSilent: true } }, async (_, port) => {
    const { code, output } = await flashed(port);
    assert.equal(code, EXIT.silentBoard);
    assert.match(output, /Press EN/);
  }));

test('tells a chip without the interpreter from a silent one', () =>
  withBoard({ faults: { says: 'rst:0x10 (RTCWDT_RTC_RESET),boot:0x13\r\n' } }, async (_, port) => {
    const { code, output } = await flashed(port);
    assert.equal(code, EXIT.silentBoard);
    assert.match(output, /no Espruino prompt/);
  }));

test('waits for a board whose program is busy', () =>
  withBoard({ faults: { ignoredLines: 2 } }, async (_, port) => {
    assert.equal((await flashed(port)).code, EXIT.ok);
  }));

test('refuses a board that is no ESP32, before writing', () =>
  withBoard({ board: 'BANGLEJS2' }, async (board, port) => {
    const { code, output } = await flashed(port);
    assert.equal(code, EXIT.wrongBoard);
    assert.match(output, /BANGLEJS2/);
    assert.equal(board.storage.writes.length, 0);
  }));

test('with --force writes to a board that is no ESP32', () =>
  withBoard({ board: 'LINUX' }, async (_, port) => {
    const { code, output } = await flashed(port, '--force');
    assert.equal(code, EXIT.ok);
    assert.match(output, /! LINUX is no ESP32/);
  }));

test('refuses an interpreter without the packet protocol, naming its version', () =>
  withBoard({ version: '2v19', faults: { isOld: true } }, async (board, port) => {
    const { code, output } = await flashed(port);
    assert.equal(code, EXIT.wrongBoard);
    assert.match(output, /2v19 is older than 2v25/);
    assert.equal(board.storage.writes.length, 0);
  }));

test('warns on an interpreter older than the one tried, and goes on', () =>
  withBoard({ version: '2v25' }, async (_, port) => {
    const { code, output } = await flashed(port);
    assert.equal(code, EXIT.ok);
    assert.match(output, /! 2v25 is older than 2v27/);
  }));

test('refuses a full board, before writing', () =>
  withBoard({ storageBytes: 2_000 }, async (board, port) => {
    const { code, output } = await flashed(port);
    assert.equal(code, EXIT.noSpace);
    assert.match(output, /--erase/);
    assert.equal(board.storage.writes.length, 0);
  }));

test('makes room from the leftovers of an interrupted upload', () =>
  withBoard({ storageBytes: 3_500, files: { 'light.new': 'x'.repeat(1_500) } }, async (_, port) => {
    const { code, output } = await flashed(port);
    assert.equal(code, EXIT.ok, output);
  }));

test('sends again, in smaller packets, what was refused or corrupted once', async () => {
  for (const faults of [{ refusePackets: 1 }, { corruptPackets: 1 }])
    await withBoard({ faults }, async (board, port) => {
      const { code, output } = await flashed(port);
      assert.equal(code, EXIT.ok, output);
      assert.match(output, /once more, in smaller packets/);
      assert.deepEqual(present(board), wholeRun('1.0.0'));
    });
});

test('reports a transfer that breaks again and again, and lets the old program run', () =>
  withBoard({ files: { '.bootcde': programText('0.9.0') }, faults: { refusePackets: 99 } }, async (board, port) => {
    const { code, output } = await flashed(port);
    assert.equal(code, EXIT.lostInTransfer, output);
    await sleep(30);
    assert.deepEqual(present(board), wholeRun('0.9.0'));
    assert.deepEqual(board.storage.list(), ['.bootcde']);
  }));

test('reports a board that hangs in the transfer', () =>
  withBoard({ faults: { hangAfterBytes: 1_500 } }, async (_, port) => {
    assert.equal((await flashed(port)).code, EXIT.lostInTransfer);
  }));

test('reports bytes that arrive wrong every time', () =>
  withBoard({ faults: { corruptPackets: 999 } }, async (board, port) => {
    const { code } = await flashed(port);
    assert.equal(code, EXIT.verificationFailed);
    assert.equal(board.storage.read('.bootcde'), undefined);
  }));

test('reports a flash that does not keep the program', () =>
  withBoard({ faults: { lostFile: '.bootcde' } }, async (_, port) => {
    assert.equal((await flashed(port)).code, EXIT.verificationFailed);
  }));

test('shows what the firmware threw at boot', () =>
  withBoard({}, async (_, port) => {
    const path = file('throws.js', `nosuch();\n${programText('1.0.0')}`);
    const { code, output } = await flash(['--port', port, '--bundle', path, ...SETTINGS_ARGV]);
    assert.equal(code, EXIT.threwAtBoot);
    assert.match(output, /Uncaught ReferenceError: nosuch is not defined/);
  }));

test('counts an error right after the boot line as thrown at boot', () =>
  withBoard({}, async (_, port) => {
    const path = file('throws-late.js', `${programText('1.0.0')}nosuch();\n`);
    assert.equal((await flash(['--port', port, '--bundle', path, ...SETTINGS_ARGV])).code, EXIT.threwAtBoot);
  }));

test('does not accept silence after the restart as success', () =>
  withBoard({}, async (_, port) => {
    const path = file('mute.js', "print('hello');\n");
    const { code, output } = await flash(['--port', port, '--bundle', path, ...SETTINGS_ARGV]);
    assert.equal(code, EXIT.noBootLine);
    assert.match(output, /last line: hello/);
  }));

test('finds the boot line of a board whose port vanishes at the restart', () =>
  withBoard({ faults: { hasOwnUsb: true } }, async (board, port) => {
    const { code, output } = await flashed(port);
    assert.equal(code, EXIT.ok, output);
    assert.deepEqual(present(board), wholeRun('1.0.0'));
  }));

test('stops at Ctrl-C', () =>
  withBoard({ faults: { isSilent: true } }, async (_, port) => {
    const stop = new AbortController();
    const running = flash(['--port', port, '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV], { signal: stop.signal });
    setTimeout(() => stop.abort(), 50);
    assert.equal((await running).code, EXIT.interrupted);
  }));

test('flashes two boards side by side, and one that fails does not stop the other', () =>
  withBoard({}, async (first, port) =>
    withBoard({ faults: { isSilent: true } }, async (_, silent) =>
      withBoard({}, async (third, last) => {
        const ports = [port, silent, last].flatMap((path) => ['--port', path]);
        const { code, output } = await flash([...ports, '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV]);
        assert.equal(code, EXIT.silentBoard);
        assert.match(output, /2 of 3 boards done, 1 failed: 127\.0\.0\.1:\d+\n$/);
        assert.deepEqual(present(first), wholeRun('1.0.0'));
        assert.deepEqual(present(third), wholeRun('1.0.0'));
      }),
    ),
  ));

test('gives each of several boards its own name', () =>
  withBoard({}, async (first, port) =>
    withBoard({}, async (second, other) => {
      const ports = ['--port', port, '--name', 'left', '--port', other, '--name', 'right'];
      const { code } = await flash([...ports, '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV]);
      assert.equal(code, EXIT.ok);
      assert.match(first.storage.read('light.json') ?? '', /"name":"left"/);
      assert.match(second.storage.read('light.json') ?? '', /"name":"right"/);
    }),
  ));

test('takes every port that looks like an ESP32 with --all', () =>
  withBoard({}, async (board, port) => {
    const ports = [{ path: port, vendorId: '10C4', productId: 'EA60' }, { path: '/dev/ttyS0' }];
    const { code } = await flash(['--all', '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV], { ports });
    assert.equal(code, EXIT.ok);
    assert.deepEqual(present(board), wholeRun('1.0.0'));
  }));

test('refuses a bundle that needs tinyMQTT and names the command that brings it', () =>
  withBoard({}, async (board, port) => {
    const path = file('tiny light.js', `${programText('1.0.0')}const m=require("tinyMQTT");\n`);
    const { code, output } = await flash(['--port', port, '--bundle', path, '--baud', '9600', ...SETTINGS_ARGV]);
    assert.equal(code, EXIT.badArguments);
    const command = `npx espruino --no-ble -p ${port} -b 9600 --config SAVE_ON_SEND=1 '${path}'`;
    assert.ok(output.endsWith(`then: ${command}\n`), output);
    assert.equal(board.storage.read('.bootcde'), undefined);
  }));

test('never shows a password, not even one that the board repeats', () =>
  withBoard({}, async (_, port) => {
    const path = file('tells.js', `print('Uncaught correct horse');\n`);
    const { output } = await flash(['--port', port, '--bundle', path, ...SETTINGS_ARGV]);
    assert.match(output, /Uncaught ••••••••/);
    assert.doesNotMatch(output, /correct horse/);
  }));
