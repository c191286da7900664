// Stops and restarts a board that is on Wi-Fi and has a watchdog: no panic, no watchdog reset, and only lines after the reset count.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { EXIT } from '../../tools/flash/exits.ts';
import { bundle, file, flash, present, programText, SETTINGS_ARGV, wholeRun, withBoard } from '../support/flashing.ts';

/** A program that does all it can to stay on Wi-Fi. */
const ON_WIFI = [
  "var w=require('Wifi'),join=function(){w.connect('Home',{})};join();",
  "w.on('disconnected',join);",
  'setInterval(join,1000);',
  '',
].join('\n');

/** A program that has to kick its watchdog itself. */
const GUARDED = 'E.enableWatchdog(60,false);setInterval(function(){E.kickWatchdog()},1000);\n';

const PANIC = "Guru Meditation Error: Core  0 panic'ed (LoadProhibited)";

const argvFor = (port: string, path = bundle('1.0.0')) => ['--port', port, '--bundle', path, ...SETTINGS_ARGV];

test('restarts a board that is on Wi-Fi without a panic', () =>
  withBoard({ files: { '.bootcde': ON_WIFI } }, async (board, port) => {
    const { code, output } = await flash(argvFor(port));
    assert.equal(code, EXIT.ok, output);
    assert.doesNotMatch(output, /Guru/);
    assert.equal(board.resetsOnWifi(), 0, 'the station has left before the interpreter is reset');
    assert.deepEqual(present(board), wholeRun('1.0.0'));
  }));

test('lets the old program run again without a panic when the upload fails', () =>
  withBoard(
    { files: { '.bootcde': programText('0.9.0') + ON_WIFI }, faults: { refusePackets: 99 } },
    async (board, port) => {
      const printed: string[] = [];
      const { code } = await flash(argvFor(port), { write: (text) => void printed.push(text) });
      assert.equal(code, EXIT.lostInTransfer);
      await sleep(30);
      assert.deepEqual(present(board), wholeRun('0.9.0'));
      assert.equal(board.panics(), 0);
    },
  ));

test('ignores a panic before the reset: it is from the old program', () =>
  withBoard({ faults: { panicsAtReboot: true } }, async (_, port) => {
    const { code, output } = await flash(argvFor(port));
    assert.equal(code, EXIT.ok, output);
  }));

test('counts a panic after the reset as thrown at boot, whatever comes after it', () =>
  withBoard({ faults: { panicsAtReboot: true } }, async (_, port) => {
    const path = file('panics.js', `print("${PANIC}");print("rst:0xc (SW_CPU_RESET)");\n${programText('1.0.0')}`);
    const { code, output } = await flash(argvFor(port, path));
    assert.equal(code, EXIT.threwAtBoot, output);
  }));

test('is not reset by the watchdog of the program that it has stopped', () =>
  withBoard({ files: { '.bootcde': GUARDED + ON_WIFI } }, async (board, port) => {
    const { code, output } = await flash(argvFor(port, bundle('1.0.0', 20_000)));
    assert.equal(code, EXIT.ok, output);
    assert.equal(board.boots.length, 2, 'the old start and the new one, and no watchdog reset between them');
  }));

test('leaves the watchdog of another chip alone', () =>
  withBoard(
    { board: 'PICO_R1_3', files: { '.bootcde': "E.enableWatchdog=function(){print('armed')};" } },
    async (board, port) => {
      await flash([...argvFor(port), '--force']);
      assert.ok(!board.boots.flat().includes('armed'));
    },
  ));
