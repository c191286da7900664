// `npm run flash -- --interpreter` on scripted bare chips behind a pseudo-terminal: success, and every way in which they misbehave.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { ROM } from 'esptool-js';
import { EXIT } from '../../tools/flash/exits.ts';
import { CHIPS } from '../../tools/flash/interpreter/chips.ts';
import { folderOf, interpreterFiles, zipOf, type ChipName } from '../support/espArchive.ts';
import { bundle, flash, MASTER_KEY, present, SETTINGS_ARGV, wholeRun, withBoard } from '../support/flashing.ts';
import { withChip, type RomFaults, type ScriptedRom } from '../support/scriptedRom.ts';
import { NEEDS_SOCAT } from '../support/terminal.ts';

const FILES = interpreterFiles();
const ARCHIVE = zipOf(FILES);

const argvFor = (path: string, archive = ARCHIVE) => [
  ...['--interpreter', archive, '--port', path, '--bundle', bundle('1.0.0')],
  ...SETTINGS_ARGV,
];

/** Runs a test with several kinds at once: most of its time is waiting. */
const both = <T>(kinds: T[], run: (kind: T) => Promise<void>): Promise<unknown> => Promise.all(kinds.map(run));

/** What an archive puts at an address. */
const at = (chip: ScriptedRom, address: number, bytes: Uint8Array): boolean =>
  chip.flash.subarray(address, address + bytes.length).equals(bytes);

test('takes a bare chip to a running light in one command', NEEDS_SOCAT, () =>
  withBoard({}, async (board, becomes) =>
    withChip({ becomes }, async (path, chip) => {
      const { code, output } = await flash(argvFor(path));
      assert.equal(code, EXIT.ok, output);
      assert.deepEqual(present(board), wholeRun('1.0.0'));
      assert.ok(at(chip, 0x1000, FILES['bootloader.bin']!), 'the boot loader');
      assert.ok(at(chip, 0x8000, FILES['partitions_espruino.bin']!), 'the partition table');
      assert.ok(at(chip, 0x9000, new Uint8Array(0x7000).fill(0xff)), 'no traces of another program');
      assert.ok(at(chip, 0x1_0000, FILES['espruino_esp32.bin']!), 'the interpreter');
      assert.equal(chip.flash[0x32_0000], 0xa5, 'Storage is not touched');
      const steps = [...output.matchAll(/✓ (\w+)/g)].map((match) => match[1]);
      for (const [name, address] of [
        ['bootloader.bin', '0x1000'],
        ['partitions_espruino.bin', '0x8000'],
        ['espruino_esp32.bin', '0x10000'],
      ] as const) {
        const sum = createHash('sha256').update(FILES[name]!).digest('hex');
        assert.ok(output.includes(`✓ write     ${name} at ${address}, SHA-256 ${sum}\n`), output);
      }
      assert.deepEqual(steps.slice(0, 7), ['chip', 'write', 'write', 'write', 'open', 'identify', 'space']);
    }),
  ),
);

test('chooses the interpreter of the chip that it finds, and its addresses', NEEDS_SOCAT, async () => {
  const release = (['ESP32', 'ESP32-C3', 'ESP32-S3'] as const).map((chip) => interpreterFiles(chip, `all/${chip}`));
  const archive = zipOf(Object.assign({}, ...release));
  await both(['ESP32-C3', 'ESP32-S3'] as ChipName[], (name) =>
    withBoard({ board: name.replace('-', '') }, (_, becomes) =>
      withChip({ chip: name, becomes }, async (path, chip) => {
        const { code, output } = await flash(argvFor(path, archive));
        assert.equal(code, EXIT.ok, output);
        const files = interpreterFiles(name);
        assert.ok(at(chip, 0x0, files['bootloader.bin']!), name);
        assert.ok(at(chip, 0x1_0000, files[`espruino-esp32${name.slice(-2).toLowerCase()}.bin`]!), name);
      }),
    ),
  );
});

test('goes on without the helper program when it does not start, and slower', NEEDS_SOCAT, async () => {
  await both(['ESP32', 'ESP32-C3'] as ChipName[], (chipName) =>
    withBoard({ board: chipName.replace('-', '') }, (_, becomes) =>
      withChip({ chip: chipName, faults: { hasNoStub: true }, becomes }, async (path, chip) => {
        const { code, output } = await flash(argvFor(path, folderOf(interpreterFiles(chipName))));
        assert.equal(code, EXIT.ok, output);
        assert.match(output, /! the boot loader stopped answering .*: once more, slower\n/);
        assert.ok(chip.log.includes('setFlashParameters'), chip.log.join());
      }),
    ),
  );
});

test('uses the helper program that an earlier try has left', NEEDS_SOCAT, () =>
  withBoard({}, (_, becomes) =>
    withChip({ stubRuns: true, becomes }, async (path, chip) => {
      const { code, output } = await flash(argvFor(path));
      assert.equal(code, EXIT.ok, output);
      assert.ok(!chip.log.includes('memBegin'), chip.log.join());
    }),
  ),
);

test('writes once more after bytes were lost', NEEDS_SOCAT, async () => {
  const mendable: RomFaults[] = [{ wrongSums: 1 }, { refuses: { operation: 'compressedData', times: 3 } }];
  await both(mendable, (faults) =>
    withBoard({}, (board, becomes) =>
      withChip({ faults, becomes }, async (path) => {
        const { code, output } = await flash(argvFor(path));
        assert.equal(code, EXIT.ok, output);
        assert.match(output, /once more, slower/);
        assert.deepEqual(present(board), wholeRun('1.0.0'));
      }),
    ),
  );
});

test('stops at Ctrl-C, says what it leaves, and lets the port go', NEEDS_SOCAT, () =>
  withChip({ faults: { diesAfterBlocks: 3 } }, async (path, chip) => {
    const stop = new AbortController();
    const timer = setInterval(() => chip.log.includes('compressedData') && stop.abort(), 5);
    const { code, output } = await flash(argvFor(path), { signal: stop.signal, isTerminal: true });
    clearInterval(timer);
    assert.equal(code, EXIT.interrupted, output);
    assert.match(output, /write +[█░]+ +\d+ %/, 'shows how far it is');
    assert.match(output, /write +stopped: the chip has no whole interpreter/);
    const again = await flash(['--port', path, '--show']);
    assert.equal(again.code, EXIT.silentBoard, again.output);
  }),
);

test('refuses a TCP port: it has no line that resets the chip', async () => {
  const { code, output } = await flash(argvFor('tcp://127.0.0.1:9'));
  assert.equal(code, EXIT.badArguments);
  assert.match(output, /--interpreter needs a serial port of this computer/);
});

test('leads from a bare chip to the command for it', NEEDS_SOCAT, async () => {
  const talk = ['invalid header: 0xffffffff', 'waiting for download', 'E (54) boot: No bootable app partitions'];
  await both(talk, (says) =>
    withChip({ says }, async (path) => {
      const { code, output } = await flash(argvFor(path).slice(2));
      assert.equal(code, EXIT.silentBoard, output);
      const command = `npm run flash -- --interpreter FILE.zip --port ${path} --master-key ${MASTER_KEY} --bundle ${bundle('1.0.0')} --wifi-ssid Home --broker 192.168.1.10\n`;
      assert.ok(output.includes(`this chip has no interpreter yet: run: ${command}`), output);
    }),
  );
});

test('knows the chips as esptool-js does', async () => {
  for (const { name, imageId, bootLoaderAddress } of CHIPS) {
    const file = name.toLowerCase().replace('-', '');
    const targets = (await import(`esptool-js/lib/targets/${file}.js`)) as Record<string, new () => ROM>;
    const rom = new (Object.values(targets)[0]!)();
    assert.equal(rom.CHIP_NAME, name);
    assert.equal(Reflect.get(rom, 'IMAGE_CHIP_ID'), imageId);
    assert.equal(rom.BOOTLOADER_FLASH_OFFSET, bootLoaderAddress);
  }
});
