// How soon a board is back after a restart of its broker.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { benches } from './benches.ts';

const RESTARTS = 9;

/** The back-off's cap, the handshake, and what a busy computer adds, in chip seconds. */
const LIMIT_S = 90;

/** Slow, so that the restart of the broker does not take many chip seconds. */
const OPTIONS = { settings: { keepAliveS: 5 }, speed: 5 };

describe('recovery', { concurrency: 3 }, () => {
  for (const { name, skip, open } of benches) {
    test(`a board alone is back after each restart of its broker: ${name}`, { skip }, async (t) => {
      const rig = await open(t, OPTIONS);
      const backS: number[] = [];
      for (let restart = 0; restart < RESTARTS; restart += 1) {
        await rig.until(() => rig.wire.sent().some(({ cmd }) => cmd === 'pingreq'), 'a session that lasts');
        await rig.broker.stop();
        await rig.broker.start();
        const startS = rig.device.nowS();
        await rig.until(() => rig.identifiers().length === restart + 2, 'the next session');
        backS.push(rig.device.nowS() - startS);
      }
      backS.sort((a, b) => a - b);
      const median = backS[Math.floor(RESTARTS / 2)] as number;
      assert.ok(backS.at(-1)! < LIMIT_S, `back after ${backS.map((s) => s.toFixed(1)).join(', ')} s`);
      rig.wire.check();
      t.diagnostic(`back after ${median.toFixed(1)} s in the median, ${backS.at(-1)?.toFixed(1)} s at most`);
    });
  }
});
