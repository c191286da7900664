import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Bench } from './benches.ts';
import type { Rig } from './rigs.ts';
import { IDLE_TIMERS, onEachBench, status } from './scenario.ts';
import { live, stories, type Diary, type Step, type StoryOptions } from './steps.ts';

/** `RESILIENCE_RUNS=200 RESILIENCE_SEED=… npm test`: more stories, or those of a failure. */
const RUNS = Number(process.env['RESILIENCE_RUNS'] ?? 6);
const SEED = process.env['RESILIENCE_SEED'];

/** What the lamp has done that it should not have, and what it should have done. */
function checkLamp({ device }: Rig, { levels, toggles, powerCuts }: Diary, isExact: boolean): void {
  const shown = device.levels();
  if (toggles) {
    assert.equal(shown.length - 1, toggles, 'each toggle toggles once, and nothing else does');
    return;
  }
  assert.deepEqual(
    [...new Set(shown)].sort(),
    [...new Set([0, ...levels])].sort(),
    'no command is lost, none invented',
  );
  assert.equal(shown.at(-1), levels.at(-1) ?? 0, 'the last command stands');
  assert.ok(shown.filter((level) => level === 0).length <= powerCuts + 1, 'only the power turns it off');
  if (isExact) assert.deepEqual(shown, [0, ...levels], 'each command once, in order');
}

/** Looks all the time at what must hold at any time. */
function watch({ device }: Rig) {
  let worst = '';
  const timer = setInterval(() => {
    const sockets = device.board?.openSockets() ?? 0;
    const timers = device.board?.pendingTimers() ?? 0;
    if (sockets > 1 || timers > IDLE_TIMERS) worst = `${sockets} sockets, ${timers} timers`;
  }, 1);
  return {
    stop: () => clearInterval(timer),
    check: () => assert.equal(worst, '', 'one socket and the idle timers are all there ever is'),
  };
}

/** The house is whole again: the board is back, and has been told everything. */
async function heal({ device, proxy, until }: Rig, { levels, toggles }: Diary): Promise<void> {
  proxy.faults.set({ chunkBytes: undefined });
  const isTold = (): boolean => levels.every((level) => device.levels().includes(level));
  await until(() => isTold() && device.levels().length > toggles, 'every command');
  const isConnected = (): boolean =>
    !!device.console.findLast((line) => /^mqtt/.test(line))?.startsWith('mqtt connected');
  await until(() => isConnected() && (device.board?.openSockets() ?? 1) === 1, 'the board back');
}

/** What a story may end with: aedes delivers in another order, and again without DUP; and power cuts turn the lamp off. */
const isExact = ({ name }: Bench, { powerCuts }: StoryOptions): boolean => !powerCuts && !name.endsWith('aedes');

async function tell(bench: Bench, story: Step[], options: StoryOptions): Promise<void> {
  const ends: (() => Promise<void>)[] = [];
  try {
    const rig = await bench.open({ after: (end) => ends.push(end) });
    const eye = watch(rig);
    ends.push(async () => eye.stop());
    const diary: Diary = { levels: [], toggles: 0, powerCuts: 0 };
    for (const step of story) await live(rig, step, diary);
    await heal(rig, diary);
    if (!isExact(bench, options)) await live(rig, { do: 'dim' }, diary);
    await heal(rig, diary);
    await rig.until(async () => (await status(rig)) === 'online', 'a status that is true');
    checkLamp(rig, diary, isExact(bench, options));
    rig.wire.check();
    eye.check();
    assert.equal(new Set(rig.identifiers()).size, 1, 'one identifier');
  } finally {
    for (const end of ends) await end();
  }
}

onEachBench('any story', (bench) => {
  const numRuns = bench.isVirtual ? RUNS : Math.ceil(RUNS / 2);

  async function holds(options: StoryOptions): Promise<void> {
    const property = fc.asyncProperty(stories(options), (story) => tell(bench, story, options));
    await fc.assert(property, { numRuns, endOnFailure: true, ...(SEED ? { seed: Number(SEED) } : {}) });
  }

  test('ends with the lamp as it was told last, no command lost, none invented', () =>
    holds({ command: 'dim', powerCuts: true, radio: true }));

  test('without power cuts, each command is obeyed once, in order', () =>
    holds({ command: 'dim', powerCuts: false, radio: true }));

  const skip = bench.name.endsWith('aedes') && 'aedes delivers again without DUP: nobody could tell';
  test('toggles once for each toggle', { skip }, () => holds({ command: 'toggle', powerCuts: false, radio: true }));
});
