// The flash tool on a pseudo-terminal, which works like a serial port: opening, locking, and a whole flash through `serialport`.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT } from '../../tools/flash/exits.ts';
import { serialRefusal } from '../../tools/flash/serialWire.ts';
import { openWire } from '../../tools/flash/openWire.ts';
import { bundle, file, flash, present, SETTINGS_ARGV, wholeRun, withBoard } from '../support/flashing.ts';
import { NEEDS_SOCAT, withTerminal } from '../support/terminal.ts';

const argvFor = (path: string) => ['--port', path, '--bundle', bundle('1.0.0'), ...SETTINGS_ARGV];

test('flashes through a serial port', NEEDS_SOCAT, () =>
  withBoard({}, async (board, port) =>
    withTerminal(port, async (path) => {
      const { code, output } = await flash(argvFor(path));
      assert.equal(code, EXIT.ok, output);
      assert.match(output, /^ttyBoard ✓ open/);
      assert.deepEqual(present(board), wholeRun('1.0.0'));
    }),
  ),
);

test('says that a port is in use', NEEDS_SOCAT, () =>
  withBoard({}, async (_, port) =>
    withTerminal(port, async (path) => {
      const other = await openWire(path, { baud: 115_200, openMs: 500 });
      const { code, output } = await flash(argvFor(path));
      await other.close();
      assert.equal(code, EXIT.portBusy, output);
      assert.match(output, /in use: close the monitor/);
    }),
  ),
);

test('says that a board was unplugged', NEEDS_SOCAT, () =>
  withBoard({ faults: { isSilent: true } }, async (_, port) =>
    withTerminal(port, async (path, unplug) => {
      setTimeout(unplug, 100);
      const { code, output } = await flash(argvFor(path));
      assert.equal(code, EXIT.lostInTransfer, output);
    }),
  ),
);

test('says that there is no such port', async () => {
  assert.equal((await flash(argvFor('/dev/nowhere'))).code, EXIT.noSuchPort);
});

test('says that a file is no serial port', async () => {
  const { code, output } = await flash(argvFor(file('not-a-port', '')));
  assert.equal(code, EXIT.noSuchPort);
  assert.match(output, /cannot be opened as a serial port/);
});

test("understands the operating systems' refusals", () => {
  for (const [words, exit] of [
    ['Error: Permission denied, cannot open /dev/ttyUSB0', 'noPermission'],
    ['Error Resource temporarily unavailable Cannot lock port', 'portBusy'],
    ['Error: Device or resource busy, cannot open /dev/ttyUSB0', 'portBusy'],
    ['Opening COM3: Access denied', 'portBusy'],
    ['Error: No such file or directory, cannot open /dev/ttyUSB9', 'noSuchPort'],
    ['Opening COM9: File not found', 'noSuchPort'],
    ['Error: Inappropriate ioctl for device', 'noSuchPort'],
  ] as const)
    assert.equal(serialRefusal('/dev/ttyUSB0', new Error(words)).exit, exit, words);
});
