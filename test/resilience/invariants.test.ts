// Random stories of commands and faults: what must hold at any time, and in the end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Bench } from './benches.ts';
import type { Rig } from './rigs.ts';
import { IDLE_TIMERS, onEachBench, status } from './scenario.ts';
import { doStep, stories, type Diary, type Step, type StoryOptions } from './steps.ts';

/** `RESILIENCE_RUNS=200 npm test` plays more stories; `RESILIENCE_SEED=…` repeats a failure. */
const RUNS = Number(process.env['RESILIENCE_RUNS'] ?? 6);
const SEED = process.env['RESILIENCE_SEED'];

/** Compares what the lamp has shown with the commands. */
function checkLamp({ device }: Rig, { levels, toggles, powerCuts }: Diary, isExact: boolean): void {
  const shown = device.levels();
  if (toggles) {
    const what = `each toggle toggles once, and nothing else does\n${device.console.slice(-40).join('\n')}`;
    assert.equal(shown.length - 1, toggles, what);
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

/** Checks sockets and timers every millisecond. */
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

/** Ends all faults, and waits until the board is back and has received every command. */
async function heal({ device, proxy, until }: Rig, { levels, toggles }: Diary): Promise<void> {
  proxy.faults.set({ chunkBytes: undefined });
  const hasAll = (): boolean => levels.every((level) => device.levels().includes(level));
  await until(() => hasAll() && device.levels().length > toggles, 'every command');
  const isConnected = (): boolean =>
    !!device.console.findLast((line) => /^mqtt/.test(line))?.startsWith('mqtt connected');
  await until(() => isConnected() && (device.board?.openSockets() ?? 1) === 1, 'the board back');
}

/** Whether each command counts once, in order. Not with aedes, which delivers out of order and again without DUP; nor with power cuts, which turn the lamp off. */
const isExact = ({ name }: Bench, { powerCuts }: StoryOptions): boolean => !powerCuts && !name.endsWith('aedes');

async function play(bench: Bench, story: Step[], options: StoryOptions): Promise<void> {
  const ends: (() => Promise<void>)[] = [];
  try {
    const rig = await bench.open({ after: (end) => ends.push(end) });
    const watcher = watch(rig);
    ends.push(async () => watcher.stop());
    const diary: Diary = { levels: [], toggles: 0, powerCuts: 0 };
    for (const step of story) await doStep(rig, step, diary);
    await heal(rig, diary);
    if (!isExact(bench, options)) await doStep(rig, { do: 'dim' }, diary);
    await heal(rig, diary);
    await rig.until(async () => (await status(rig)) === 'online', 'a status that is true');
    checkLamp(rig, diary, isExact(bench, options));
    rig.wire.check();
    watcher.check();
    assert.equal(new Set(rig.identifiers()).size, 1, 'one identifier');
  } finally {
    for (const end of ends) await end();
  }
}

onEachBench('any story', (bench) => {
  const numRuns = bench.isVirtual ? RUNS : Math.ceil(RUNS / 2);

  async function holds(options: StoryOptions): Promise<void> {
    const property = fc.asyncProperty(stories(options), (story) => play(bench, story, options));
    await fc.assert(property, { numRuns, endOnFailure: true, ...(SEED ? { seed: Number(SEED) } : {}) });
  }

  test('ends with the lamp as the last command says, no command lost, none invented', () =>
    holds({ command: 'dim', powerCuts: true, radio: true }));

  test('without power cuts, each command is obeyed once, in order', () =>
    holds({ command: 'dim', powerCuts: false, radio: true }));

  const skip = bench.name.endsWith('aedes') && 'aedes delivers again without DUP, so that a repetition looks new';
  test('toggles once for each toggle', { skip }, () => holds({ command: 'toggle', powerCuts: false, radio: true }));
});
