// One command from a bare chip to a light that obeys: a scripted boot loader, the real interpreter, the built firmware and mosquitto.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { createMosquitto, mosquittoAvailable } from '../../sim/broker/mosquitto.ts';
import { INTERPRETER_HINT, interpreterPath } from '../../sim/interpreter/interpreter.ts';
import { createInterpreterPort } from '../../sim/interpreter/interpreterPort.ts';
import { EXIT } from '../../tools/flash/exits.ts';
import { LIMITS } from '../../tools/flash/limits.ts';
import { until } from '../../tools/flash/until.ts';
import { interpreterFiles, zipOf } from '../support/espArchive.ts';
import { flash } from '../support/flashing.ts';
import { withChip } from '../support/scriptedRom.ts';
import { NEEDS_SOCAT } from '../support/terminal.ts';

const FIRMWARE = 'dist/firmware.js';

const executable = interpreterPath();
const NEEDS_ALL = {
  timeout: 120_000,
  skip:
    NEEDS_SOCAT.skip ||
    (executable === undefined && INTERPRETER_HINT) ||
    (!mosquittoAvailable() && 'needs mosquitto') ||
    (!existsSync(FIRMWARE) && 'needs the bundle: npm run build'),
};

/** Long enough for a busy computer, short enough for a test. */
const limits = { ...LIMITS, identifyMs: 15_000, evaluateMs: 5_000, bootMs: 15_000, settleMs: 300, loaderMs: 5_000 };

test('takes a bare chip to a lit lamp in one command', NEEDS_ALL, async () => {
  const broker = await createMosquitto();
  const interpreter = await createInterpreterPort(executable ?? '');
  try {
    await withChip({ becomes: interpreter.address }, async (path) => {
      const archive = zipOf(interpreterFiles('ESP32', 'espruino_2v29_esp32'));
      const settings = ['--wifi-ssid', 'Home', '--wifi-password', '', '--broker', `127.0.0.1:${broker.port}`];
      const argv = ['--interpreter', archive, '--port', path, ...settings, '--wait', '--force'];
      const { code, output } = await flash(argv, { limits });
      assert.equal(code, EXIT.ok, output);
      assert.match(output, /✓ write +espruino_esp32\.bin at 0x10000.*✓ identify .*✓ connect +mqtt connected as /s);
      const from = interpreter.log().length;
      execFileSync('mosquitto_pub', ['-p', String(broker.port), '-q', '1', '-t', 'home/bedroom/light', '-m', 'on']);
      assert.ok(await until(() => interpreter.log().includes('light on', from), 20_000), interpreter.log().slice(-500));
    });
  } finally {
    await interpreter.close();
    await broker.dispose();
  }
});
