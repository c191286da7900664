// Bare chips that misbehave in each way: one line, the right exit code, and nothing half written that is not said.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EXIT } from '../../tools/flash/exits.ts';
import { interpreterFiles, zipOf } from '../support/espArchive.ts';
import { bundle, flash, SETTINGS_ARGV } from '../support/flashing.ts';
import { withChip, type RomOptions } from '../support/scriptedRom.ts';
import { NEEDS_SOCAT } from '../support/terminal.ts';

const ARCHIVE = zipOf(interpreterFiles());

const argvFor = (path: string) => [
  ...['--interpreter', ARCHIVE, '--port', path, '--bundle', bundle('1.0.0')],
  ...SETTINGS_ARGV,
];

interface Misbehaviour {
  how: string;
  options: RomOptions;
  exit: keyof typeof EXIT;
  says: RegExp;
  /** Something was written before. */
  changesFlash?: boolean;
}

const HALF = /the chip has no whole interpreter: run the same command again\n/;

const MISBEHAVIOURS: Misbehaviour[] = [
  { how: 'is silent', options: { faults: { isSilent: true } }, exit: 'silentBoard', says: /hold BOOT, press EN/ },
  {
    how: 'sends garbage',
    options: { faults: { isNoisy: true } },
    exit: 'silentBoard',
    says: /no boot loader answers/,
  },
  {
    how: 'is another chip than the archive is for',
    options: { chip: 'ESP32-C3' },
    exit: 'wrongBoard',
    says: /the chip is an ESP32-C3, and the archive has the interpreter for: ESP32\n/,
  },
  {
    how: 'is a chip that Espruino has no build for',
    options: { chip: 'ESP32-S2' },
    exit: 'wrongBoard',
    says: /the chip is an ESP32-S2/,
  },
  { how: 'is unknown', options: { isUnknown: true }, exit: 'wrongBoard', says: /chip that esptool-js does not know/ },
  {
    how: 'has too small a flash',
    options: { flashSize: 21 },
    exit: 'noSpace',
    says: /has 2 MB of flash.*needs 4 MB/,
  },
  {
    how: 'has no flash',
    options: { faults: { hasNoFlash: true } },
    exit: 'wrongBoard',
    says: /flash chip does not answer/,
  },
  {
    how: 'holds other bytes',
    options: { faults: { wrongSums: 9 } },
    exit: 'verificationFailed',
    says: /other bytes.*MD5/,
    changesFlash: true,
  },
  {
    how: 'refuses a command',
    options: { faults: { refuses: { operation: 'compressedBegin', times: 9 } } },
    exit: 'verificationFailed',
    says: /the chip refused: enter compressed flash mode failed with status 1,5/,
  },
  {
    how: 'dies midway',
    options: { faults: { diesAfterBlocks: 3 } },
    exit: 'lostInTransfer',
    says: HALF,
    changesFlash: true,
  },
  {
    how: 'is unplugged midway',
    options: { faults: { isUnpluggedAfterBlocks: 3 } },
    exit: 'lostInTransfer',
    says: /the board was unplugged; the chip has no whole interpreter/,
    changesFlash: true,
  },
];

function misbehaves({ options, exit, says, changesFlash = false }: Misbehaviour): Promise<void> {
  return withChip(options, async (path, chip) => {
    const { code, output } = await flash(argvFor(path));
    assert.equal(code, EXIT[exit], output);
    assert.match(output, says);
    assert.equal([...output.matchAll(/✗/g)].length, 1, output);
    assert.doesNotMatch(output, /\n {4}at /);
    const isUntouched = chip.flash.every((byte) => byte === 0xa5);
    assert.equal(isUntouched, !changesFlash, 'the flash');
  });
}

test('says in a line that the chip …', { ...NEEDS_SOCAT, concurrency: 6 }, async (t) => {
  await Promise.all(MISBEHAVIOURS.map((one) => t.test(one.how, () => misbehaves(one))));
});
