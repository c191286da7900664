import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { createStorage, PowerCut, type TornWrite } from '../../sim/board/storage.ts';
import { createPowerOn, type Lamp } from '../../src/powerOn.ts';
import type { Settings } from '../../src/config.ts';
import { createWrite } from '../../src/store.ts';

/** One boot of a board; its flash may outlive it. */
function boot(storage = createStorage(), log: string[] = [], setting: Settings['powerOn'] = 'off') {
  const settings = { powerOn: setting };
  const lamp: Lamp = { isOn: false, brightness: 255 };
  const powerOn = createPowerOn(
    { storage },
    createWrite(storage, (line) => log.push(line)),
    lamp,
    settings,
  );
  /** The lamp changes, and a beat comes. */
  const change = (isOn: boolean, brightness = lamp.brightness): void => {
    Object.assign(lamp, { isOn, brightness });
    powerOn.keep(0);
  };
  return { storage, lamp, settings, powerOn, kept: powerOn.kept, change, log };
}

/** Bytes of the log that are written. */
const bytesIn = (storage: ReturnType<typeof createStorage>): number =>
  storage
    .list()
    .map((name) => storage.read(name)!.replace(/\xff+$/, '').length)
    .reduce((sum, length) => sum + length, 0);

test('begins off at full brightness, with the first boot', () => {
  const { lamp, kept } = boot();
  assert.deepEqual(lamp, { isOn: false, brightness: 255 });
  assert.deepEqual([kept.boots, kept.reason], [1, 0]);
});

test('every state is there again after the next boot, which is counted', () => {
  const storage = createStorage();
  let boots = boot(storage).kept.boots;
  for (let brightness = 1; brightness <= 255; brightness += 1) {
    for (const isOn of [true, false]) {
      boot(storage).change(isOn, brightness);
      const { lamp, kept } = boot(storage);
      assert.deepEqual(lamp, { isOn, brightness });
      assert.equal(kept.boots, (boots += 2));
    }
  }
});

const COSTS: [from: [boolean, number], to: [boolean, number], bytes: number][] = [
  [[false, 255], [true, 255], 1],
  [[true, 255], [false, 255], 1],
  [[false, 100], [true, 100], 1],
  [[true, 100], [true, 200], 1],
  [[true, 100], [true, 5], 2],
  [[true, 100], [false, 50], 2],
  [[true, 100], [true, 100], 0],
];
for (const [from, to, bytes] of COSTS) {
  test(`from ${from.join(' ')} to ${to.join(' ')} costs ${bytes} bytes`, () => {
    const { storage, change } = boot();
    change(...from);
    const before = bytesIn(storage);
    change(...to);
    assert.equal(bytesIn(storage) - before, bytes);
  });
}

test('the reason of a restart is read once', () => {
  const storage = createStorage();
  for (let reason = 2; reason <= 9; reason += 1) {
    boot(storage).powerOn.keep(reason);
    assert.equal(boot(storage).kept.reason, reason);
    assert.equal(boot(storage).kept.reason, 0);
  }
});

/** With a hundred changes each; `npm run test:long` asks for ten thousand. */
const BOOTS = Number(process.env['BOOTS'] ?? 1_000);

test(`${BOOTS} boots and ${100 * BOOTS} changes never compact, and cost at most 2 bytes each`, () => {
  const storage = createStorage({ sizeBytes: 3e6 });
  let seed = 1;
  const random = (below: number): number => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  let changes = 0;
  for (let count = 1; count <= BOOTS; count += 1) {
    const { lamp, change, kept } = boot(storage);
    assert.equal(kept.boots, count);
    for (let time = 0; time < 100; time += 1, changes += 1) {
      if (random(2)) change(!lamp.isOn);
      else change(true, 1 + random(255));
    }
    storage.writes.length = 0;
  }
  assert.equal(storage.compactions(), 0);
  assert.ok(storage.consumedBytes() <= 2 * changes, `${storage.consumedBytes() / changes} bytes a change`);
});

test('without room it is said once, the lamp goes on and nothing compacts', () => {
  const { storage, lamp, change, log } = boot();
  storage.fill(100);
  for (let time = 0; time < 2000; time += 1) change(time % 2 === 0);
  assert.equal(log.length, 1);
  assert.equal(storage.compactions(), 0);
  assert.equal(lamp.isOn, false);
});

const step = fc.oneof(
  fc.record({ kind: fc.constant('change' as const), isOn: fc.boolean(), brightness: fc.integer({ min: 1, max: 255 }) }),
  fc.record({ kind: fc.constant('boot' as const) }),
  fc.record({ kind: fc.constant('restart' as const), reason: fc.integer({ min: 2, max: 9 }) }),
  fc.record({
    kind: fc.constant('cut' as const),
    isOn: fc.boolean(),
    brightness: fc.integer({ min: 1, max: 255 }),
    leaves: fc.constantFrom<TornWrite>('old', 'nothing', 'truncated'),
  }),
);

test('any changes, boots, restarts and power cuts leave the last whole state and the right count', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 0, max: 505 }), (steps, fill) => {
      const storage = createStorage();
      let node = boot(storage);
      for (let at = 0; at < fill; at += 1) node.change(at % 2 === 0);
      let [boots, state]: [number, Lamp] = [1, { ...node.lamp }];
      for (const next of steps) {
        let allowed = [state];
        let reason = 0;
        if (next.kind === 'change' || next.kind === 'cut') state = { isOn: next.isOn, brightness: next.brightness };
        if (next.kind === 'change') {
          node.change(next.isOn, next.brightness);
          continue;
        }
        if (next.kind === 'restart') node.powerOn.keep((reason = next.reason));
        if (next.kind === 'cut') {
          allowed = [...allowed, state];
          storage.cutPowerAt(1, next.leaves);
          try {
            node.change(next.isOn, next.brightness);
            storage.cutPowerAt(1e9);
          } catch (error) {
            assert.ok(error instanceof PowerCut);
          }
        }
        node = boot(storage);
        boots += 1;
        assert.deepEqual([node.kept.boots, node.kept.reason], [boots, reason]);
        const found = allowed.find((one) => JSON.stringify(one) === JSON.stringify({ ...node.lamp }));
        assert.ok(found, `${JSON.stringify(node.lamp)} of ${JSON.stringify(allowed)}`);
        state = found;
      }
    }),
    { numRuns: 300 },
  );
});

const WORDS = ['off', 'on', 'last'] as const;

test('what is chosen for powerOn is kept over boots, as long as the setting stays what it is', () => {
  for (const setting of WORDS)
    for (const choice of WORDS) {
      const storage = createStorage();
      const first = boot(storage, [], setting);
      first.settings.powerOn = choice;
      first.powerOn.keep(0);
      for (let time = 0; time < 600; time += 1) first.change(time % 2 === 0, 100); // into the next file
      assert.equal(boot(storage, [], setting).settings.powerOn, choice);
      assert.equal(boot(storage, [], setting).settings.powerOn, choice);
      for (const other of WORDS.filter((word) => word !== setting))
        assert.equal(boot(storage, [], other).settings.powerOn, other);
      assert.equal(
        boot(storage, [], setting).settings.powerOn,
        setting,
        'another setting has ended the choice for good',
      );
    }
});

test('a choice costs two bytes, and none when it is not another', () => {
  const { storage, settings, powerOn } = boot();
  const before = bytesIn(storage);
  powerOn.keep(0);
  assert.equal(bytesIn(storage), before);
  settings.powerOn = 'last';
  powerOn.keep(0);
  powerOn.keep(0);
  assert.equal(bytesIn(storage), before + 2);
});

test('any changes, choices and power cuts leave the last whole choice, and the lamp right', () => {
  const action = fc.record({
    choice: fc.constantFrom(...WORDS),
    isOn: fc.boolean(),
    brightness: fc.integer({ min: 1, max: 255 }),
    cut: fc.option(fc.constantFrom<TornWrite>('old', 'nothing', 'truncated')),
  });
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), fc.integer({ min: 0, max: 505 }), (actions, fill) => {
      const storage = createStorage();
      let node = boot(storage);
      for (let at = 0; at < fill; at += 1) node.change(at % 2 === 0);
      for (const { choice, isOn, brightness, cut } of actions) {
        const before = { lamp: { ...node.lamp }, choice: node.settings.powerOn };
        node.settings.powerOn = choice;
        if (cut) storage.cutPowerAt(1, cut);
        try {
          node.change(isOn, brightness);
          storage.cutPowerAt(1e9);
        } catch (error) {
          assert.ok(error instanceof PowerCut);
        }
        node = boot(storage);
        const allowed = cut ? [before.choice, choice] : [choice];
        assert.ok(allowed.includes(node.settings.powerOn), `${node.settings.powerOn} of ${allowed.join()}`);
        const lamps = cut ? [before.lamp, { isOn, brightness }] : [{ isOn, brightness }];
        const text = lamps.map((lamp) => `${lamp.isOn} ${lamp.brightness}`);
        assert.ok(
          text.includes(`${node.lamp.isOn} ${node.lamp.brightness}`),
          `${JSON.stringify(node.lamp)} of ${text}`,
        );
      }
    }),
    { numRuns: 200 },
  );
});
