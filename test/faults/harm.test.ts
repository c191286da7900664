// What can harm a chip over years: after each, the light obeys again within minutes, and its lamp has not changed.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { BoardOptions } from '../../sim/board/board.ts';
import { levelOf } from '../support/curve.ts';
import { checkProperty } from './property.ts';
import { FIRMWARE } from '../support/firmware.ts';
import { createVirtualHome } from '../support/virtualHome.ts';
import { SETTINGS } from './world.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** Runs of the chip's race, each at another callback; `npm run test:long` asks for more. */
const RACES = Number(process.env['FAULT_RACES'] ?? 60);

/** Leaves the light some 3,000. */
const FEW_VARIABLES = 4_000;

type Options = Partial<BoardOptions> & { settings?: object };

/** Creates a light in a network without faults. */
function createHome({ settings, ...options }: Options = {}) {
  const config = { ...SETTINGS, ...settings };
  const home = createVirtualHome(SETTINGS, { firmware: FIRMWARE, config, ...options });
  return { ...home, info: () => home.read('info'), shown: () => home.board.pin('D5').history.length };
}

type Home = ReturnType<typeof createHome>;

/** Runs a test with a connected light, and disposes of it. */
async function atHome<Result>(options: Options, story: (home: Home) => Result): Promise<Result> {
  const home = createHome(options);
  try {
    home.board.powerOn();
    home.obey('{"brightness":100}', 100, MINUTE_MS);
    return await story(home);
  } finally {
    home.board.dispose();
  }
}

/** Checks that the lamp has not changed, and that the light obeys within the limit; gives the milliseconds it took. */
function checkUnmoved({ board, level, obey, shown }: Home, before: number, limitMs: number): number {
  assert.equal(level(), 100);
  const flickers = board
    .pin('D5')
    .history.slice(before)
    .filter(({ duty }) => levelOf(duty) !== 100);
  assert.deepEqual(flickers, []);
  const tookMs = obey('{"brightness":150}', 150, limitMs);
  assert.ok(shown() > before);
  return tookMs;
}

const LASTS = { powerOn: 'last', homeAssistant: true };

test('a flash full of trash is left alone and logged once; the light goes on', () =>
  atHome({ settings: LASTS }, ({ time, board, obey, info, broker }) => {
    board.storage.fill(1_100);
    for (let change = 0; change < 1_500; change += 1) {
      obey(change % 2 ? '{"brightness":100}' : '{"brightness":200}', change % 2 ? 100 : 200, MINUTE_MS);
    }
    assert.equal(board.storage.compactions(), 0);
    assert.equal(board.console.filter((line) => line.startsWith('flash full')).length, 1);
    time.advance(10 * MINUTE_MS);
    assert.equal(info()['flashFreeKB'], 1);
    board.powerOff();
    board.powerOn();
    obey('off', 0, MINUTE_MS);
    assert.equal(board.storage.compactions(), 0);
    assert.deepEqual(broker.violations, []);
  }));

for (const [name, settings] of [
  ['', {}],
  [', with the last state and Home Assistant', LASTS],
] as const)
  test(`1,000 rejoins leave no variables behind${name}`, () =>
    atHome({ settings }, (home) => {
      const before = home.shown();
      for (let time = 0; time < 1_000; time += 1) {
        home.board.accessPoint.off();
        home.time.advance(20_000);
        home.board.accessPoint.on();
        home.time.advance(20_000);
      }
      checkUnmoved(home, before, 5 * MINUTE_MS);
      assert.equal(boots(home), 1);
    }));

test('an outage of 72 hours ends with a light that obeys, and a lamp that did not change', () =>
  atHome({ totalVariables: FEW_VARIABLES }, (home) => {
    const before = home.shown();
    home.board.accessPoint.off();
    home.time.advance(72 * HOUR_MS);
    home.board.accessPoint.on();
    checkUnmoved(home, before, 5 * MINUTE_MS);
    assert.equal(home.board.resets.length, 1);
  }));

test('a program that runs out of variables restarts in time, keeps the lamp, and reports it', () =>
  atHome({ totalVariables: FEW_VARIABLES }, (home) => {
    const before = home.shown();
    home.board.type('setInterval(function(){setTimeout(function(){},1e9)},4000)'); // a timer takes a dozen
    home.time.advance(25 * MINUTE_MS);
    checkUnmoved(home, before, MINUTE_MS);
    assert.equal(home.info()['lastRestartReason'], 'low memory');
    assert.ok(!home.board.console.includes('OUT OF MEMORY'));
  }));

test('the race, at any callback, leaves a light that obeys within 5 minutes, and a lamp that did not change', (t) =>
  checkProperty(
    t,
    fc.record({ nth: fc.integer({ min: 1, max: 400 }), idleMs: fc.nat({ max: MINUTE_MS }) }),
    ({ nth, idleMs }) =>
      atHome({ settings: { powerOn: 'off' } }, (home) => {
        home.time.advance(idleMs);
        const before = home.shown();
        home.board.race(nth);
        for (let ms = 0; ms < 5 * HOUR_MS && !hasRaced(home); ms += MINUTE_MS) home.time.advance(MINUTE_MS);
        home.time.advance(5 * MINUTE_MS);
        checkUnmoved(home, before, 10_000);
        return { races: 1, restarts: boots(home) - 1 };
      }),
    { numRuns: RACES, text: JSON.stringify },
  ));

const boots = ({ board }: Home): number => board.console.filter((line) => line.startsWith('boot light')).length;

const hasRaced = ({ board }: Home): boolean => board.console.some((line) => line.includes('ReferenceError'));

test('calls that are cut off when the address comes are made up for within 15 seconds', (t) =>
  checkProperty(
    t,
    fc.record({ nth: fc.integer({ min: 1, max: 6 }), calls: fc.integer({ min: 1, max: 12 }) }),
    ({ nth, calls }) =>
      atHome({}, (home) => {
        const before = home.shown();
        home.board.accessPoint.off();
        home.time.advance(30_000);
        home.board.cutOff(nth, calls);
        const lines = home.board.console.length;
        home.board.accessPoint.on();
        const isUp = (): boolean => home.board.console.slice(lines).some((line) => line.startsWith('wifi up'));
        for (let ms = 0; ms < 2 * MINUTE_MS && !isUp(); ms += 1_000) home.time.advance(1_000);
        home.time.advance(15_000);
        return { ms: checkUnmoved(home, before, 10_000) };
      }),
    { numRuns: 40, text: JSON.stringify },
  ));

test('a command at QoS 1 is obeyed within a minute, wherever a callback is cut off after the address has come', (t) =>
  checkProperty(
    t,
    fc.record({ nth: fc.integer({ min: 1, max: 60 }), calls: fc.integer({ min: 0, max: 25 }) }),
    ({ nth, calls }) =>
      atHome({}, (home) => {
        const send = (brightness: number): void =>
          home.broker.publish({ topic: SETTINGS.topics[0]!, payload: JSON.stringify({ brightness }), qos: 1 });
        home.board.accessPoint.off();
        home.time.advance(30_000);
        send(30);
        home.board.cutOff(nth, calls);
        home.board.accessPoint.on();
        home.time.advance(MINUTE_MS);
        for (const brightness of [40, 50]) {
          send(brightness);
          home.time.advance(MINUTE_MS);
          assert.equal(home.level(), brightness, home.board.console.slice(-20).join('\n'));
        }
        return { cuts: 1 };
      }),
    { numRuns: 300, text: JSON.stringify },
  ));

test('a dead Wi-Fi association is left within minutes, and joined again', () =>
  atHome({}, (home) => {
    const before = home.shown();
    home.time.advance(MINUTE_MS);
    home.board.becomeZombie();
    home.time.advance(10 * MINUTE_MS);
    checkUnmoved(home, before, 10_000);
    assert.equal(home.board.resets.length, 1);
  }));

test("the board's own access point is closed, and stays so after a rejoin and a restart", () =>
  atHome({}, ({ board, time }) => {
    const mode = (): string =>
      (board.global()['require'] as (name: string) => { getStatus(): { mode: string } })('Wifi').getStatus().mode;
    assert.equal(mode(), 'STA');
    board.accessPoint.off();
    time.advance(30_000);
    board.accessPoint.on();
    time.advance(30_000);
    assert.equal(mode(), 'STA');
    board.type('load()');
    time.advance(30_000);
    assert.equal(mode(), 'STA');
  }));
