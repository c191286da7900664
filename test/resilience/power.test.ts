// Power cuts at the worst moments.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import type { TornWrite } from '../../sim/board/storage.ts';
import { boardOf, checkHealthy, dim, isVirtual, onEachBench } from './scenario.ts';

/** Every file that the firmware writes, and the settings that make it write. */
const FILES: { file: string; what: string; settings: object }[] = [
  { file: 'light.id', what: 'the identifier', settings: {} },
  { file: 'light.log1', what: 'the first boot', settings: {} },
  { file: 'light.log1', what: 'a change', settings: { powerOn: 'last' } },
  { file: 'light.ha', what: 'the announcement', settings: { homeAssistant: true } },
];
const LEAVES: TornWrite[] = ['old', 'nothing', 'truncated'];

/** On-times between power cuts, in chip milliseconds: from before the first statement to a session that has lasted. */
const ON_TIMES_MS = fc.array(fc.integer({ min: 0, max: 6_000 }), { minLength: 1, maxLength: 6 });

onEachBench(
  'power',
  (bench) => {
    for (const { file, what, settings } of FILES) {
      for (const leaves of LEAVES) {
        test(`a cut while ${what} is written, which leaves ${leaves}, is overcome`, async (t) => {
          const rig = await bench.open(t, { settings, isOff: true });
          const board = boardOf(rig);
          if (what !== 'a change') board.storage.cutPowerDuring(file, leaves);
          board.powerOn();
          if (what === 'a change') {
            await rig.line(/^mqtt connected/);
            board.storage.cutPowerDuring(file, leaves);
            await rig.send('on');
          }
          await rig.until(() => !board.isOn(), 'the power cut');
          const shown = rig.device.levels();
          board.powerOn();
          const sessions = rig.identifiers().length;
          await rig.until(() => rig.identifiers().length > sessions, 'a session');
          await rig.send(dim(120));
          const boot = what === 'a change' && leaves === 'truncated' ? 255 : 0; // its one byte has arrived
          await rig.until(() => rig.device.levels().at(-1) === 120, 'a lamp that obeys');
          const started = [...shown, ...(shown.at(-1) === boot ? [] : [boot])];
          // `on` comes again where its PUBACK has gone with the power
          const isRepeated = what === 'a change' && rig.device.levels()[started.length] === 255;
          await checkHealthy(rig, [...started, ...(isRepeated ? [255] : []), 120]);
          const [id] = rig.identifiers().slice(-1);
          assert.equal(board.storage.read('light.id'), `${board.serial} ${id}`);
        });
      }
    }

    test('cuts at any moment, any number of them, are overcome', async (t) => {
      const rig = await bench.open(t);
      const board = boardOf(rig);
      let level = 60;
      const property = fc.asyncProperty(ON_TIMES_MS, async (onTimesMs) => {
        for (const onMs of onTimesMs) {
          board.powerOff();
          board.powerOn();
          await sleep(onMs / rig.device.speed);
        }
        await rig.send(dim((level += 1)));
        await rig.until(() => rig.device.levels().at(-1) === level, 'the command after the last cut');
      });
      await fc.assert(property, { numRuns: 15, endOnFailure: true });
      assert.equal(new Set(rig.identifiers()).size, 1, 'one identifier');
      rig.wire.check();
    });
  },
  isVirtual,
);
