import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStorage } from '../../sim/board/storage.ts';
import { BEAT_S, Progress } from '../../src/beat.ts';
import { createHealth, Restart } from '../../src/health.ts';

const MINUTE_BEATS = 60 / BEAT_S;

/** What a test moves, and what it counts. */
const createParts = () => ({ progress: Progress.REACHED, address: '10.0.0.5', isSettled: true, free: 3000, kicks: 0 });

/** A mocked board, and the callbacks that it was given. */
function createBoard(
  events: string[],
  parts: ReturnType<typeof createParts>,
  storage: ReturnType<typeof createStorage>,
  random: number,
) {
  const fire = {
    beat: (): void => {},
    exception: (_error: unknown): void => {},
    errorFlag: (_flags: string[]): void => {},
  };
  const board = {
    log: (line: string) => events.push(line),
    load: () => void events.push('load'),
    setInterval(callback: () => void, ms: number): number {
      assert.equal(ms, BEAT_S * 1000);
      fire.beat = callback;
      return 1;
    },
    process: {
      memory: () => ({ free: parts.free, usage: 0 }),
      on: (_event: string, listener: (error: unknown) => void) => void (fire.exception = listener),
    },
    E: {
      kickWatchdog: () => void (parts.kicks += 1),
      ...{ enableWatchdog: () => {}, srand: () => {}, setFlags: () => {}, getErrorFlags: () => [] },
      on: (_event: string, listener: (flags: string[]) => void) => void (fire.errorFlag = listener),
    },
    storage,
    random: () => random,
  };
  return { board, fire };
}

/** A switch between parts that a test moves; `events` is what it did, kicks left out. */
function boot({ bootReason = Restart.NONE, random = 0, spreadS = 1, storage = createStorage() } = {}) {
  const events: string[] = [];
  const parts = createParts();
  const station = {
    get address() {
      return parts.address;
    },
    beat: () => parts.isSettled,
    leave: (isForGood: boolean) => void events.push(`leave ${isForGood ? 'for good' : 'to join again'}`),
  };
  const reports = { beat: () => {} };
  const { board, fire } = createBoard(events, parts, storage, random);
  const mqtt = {
    spreadS,
    beat: () => parts.progress,
    stop: (isWanted: boolean) => void events.push(`stop ${isWanted}`),
  };
  const powerOn = {
    kept: { isOn: false, brightness: 255, boots: 1, reason: bootReason, chosen: 0 },
    keep: (code: number) => void (code && events.push(`keep ${code}`)),
  };
  const health = createHealth(board, station, mqtt, reports, powerOn);
  const beats = (count: number): void => {
    for (let time = 0; time < count; time += 1) fire.beat();
  };
  return {
    events,
    parts,
    reports,
    health,
    beats,
    throwUncaught: fire.exception,
    flag: fire.errorFlag,
  };
}

/** What a restart does, in its order. */
const restart = (words: string, code: Restart): string[] => [`restart: ${words}`, `keep ${code}`, 'stop false', 'load'];

test('kicks the watchdog with every beat in which all is well, and counts them', () => {
  const { health, parts, events, beats } = boot();
  beats(1000);
  assert.deepEqual([parts.kicks, health.beats, events], [1000, 1000, []]);
});

test('does not kick in a beat that throws', () => {
  const { parts, reports, beats } = boot();
  reports.beat = () => {
    throw new Error('no memory');
  };
  assert.throws(() => beats(1), /no memory/);
  assert.equal(parts.kicks, 0);
});

test('restarts when the session is late, with the lamp kept and the link closed first, and once', () => {
  const { parts, events, beats } = boot();
  parts.progress = Progress.NONE;
  beats(3);
  assert.deepEqual(events, restart('stuck', Restart.STUCK));
  assert.equal(parts.kicks, 0);
});

test('restarts before the variables run out', () => {
  const { parts, events, beats } = boot();
  beats(MINUTE_BEATS);
  parts.free = 399;
  beats(MINUTE_BEATS);
  assert.deepEqual(events, restart('low memory', Restart.LOW_MEMORY));
});

test('waits with a restart while an association is on its way', () => {
  const { parts, events, beats } = boot();
  parts.free = 0;
  parts.isSettled = false;
  beats(2 * MINUTE_BEATS);
  assert.deepEqual(events, []);
  parts.isSettled = true;
  beats(1);
  assert.deepEqual(events, restart('low memory', Restart.LOW_MEMORY));
});

for (const [random, minutes] of [
  [0, 3],
  [0.999, 4],
] as const)
  test(`leaves the network after ${minutes} minutes in which nothing was reached, and restarts after twice that`, () => {
    const { parts, events, beats } = boot({ random });
    beats(1);
    parts.progress = Progress.TRIED;
    beats(minutes * MINUTE_BEATS - 2);
    assert.deepEqual(events, []);
    beats(2);
    assert.deepEqual(events, ['leave to join again']);
    beats(minutes * MINUTE_BEATS + 1);
    assert.deepEqual(events.slice(1), restart('nothing reached', Restart.NOTHING_REACHED));
  });

test('does not take the long waits of a large fleet for a network that is dead', () => {
  const { parts, events, beats } = boot({ spreadS: 600 });
  beats(1);
  parts.progress = Progress.TRIED;
  beats(20 * MINUTE_BEATS);
  assert.deepEqual(events, []);
  beats(4 * MINUTE_BEATS);
  assert.deepEqual(events, ['leave to join again']);
});

test('counts only while there is an address, and from the beginning once something was reached', () => {
  const { parts, events, beats } = boot();
  parts.progress = Progress.TRIED;
  parts.address = '';
  beats(60 * MINUTE_BEATS);
  parts.address = '10.0.0.5';
  beats(2 * MINUTE_BEATS);
  parts.progress = Progress.REACHED;
  beats(1);
  parts.progress = Progress.TRIED;
  beats(2 * MINUTE_BEATS);
  assert.deepEqual(events, []);
});

test('is patient for an hour when the last restart was for the same reason, until something is reached', () => {
  const { parts, events, beats } = boot({ bootReason: Restart.NOTHING_REACHED });
  parts.progress = Progress.TRIED;
  beats(59 * MINUTE_BEATS);
  assert.deepEqual(events, []);
  beats(2 * MINUTE_BEATS);
  assert.deepEqual(events, ['leave to join again']);
  parts.progress = Progress.REACHED;
  beats(1);
  parts.progress = Progress.TRIED;
  beats(3 * MINUTE_BEATS);
  assert.equal(events.length, 2);
});

test('restarts at once on an exception that nobody caught: the timers may be gone', () => {
  const { events, throwUncaught } = boot();
  throwUncaught(new ReferenceError('"f" is not defined'));
  throwUncaught(new ReferenceError('"g" is not defined'));
  assert.deepEqual(events.slice(0, 5), [
    'uncaught: ReferenceError: "f" is not defined',
    ...restart('exception', Restart.EXCEPTION),
  ]);
  assert.equal(events.filter((event) => event === 'load').length, 1);
});

test('leaves it to the next good beat while there is no address', () => {
  const { parts, events, beats, throwUncaught } = boot();
  parts.address = '';
  throwUncaught('broken');
  assert.deepEqual(events, ['uncaught: broken']);
  beats(1);
  assert.deepEqual(events.slice(1), restart('exception', Restart.EXCEPTION));
});

test('does not restart again and again on exceptions', () => {
  const { events, beats, throwUncaught } = boot({ bootReason: Restart.EXCEPTION });
  beats(9 * MINUTE_BEATS);
  throwUncaught('broken');
  assert.deepEqual(events, ['uncaught: broken']);
  beats(2 * MINUTE_BEATS);
  throwUncaught('broken');
  assert.ok(events.includes('load'));
});

test('keeps what nobody caught in flash, once a restart, and only where that compacts nothing', () => {
  const storage = createStorage();
  const { throwUncaught, parts } = boot({ storage });
  parts.address = '';
  for (const text of ['first', 'second']) throwUncaught(text);
  assert.equal(storage.read('ERROR'), 'first');
  boot({ storage }).throwUncaught('third');
  assert.equal(storage.read('ERROR'), 'third');
  storage.fill(8_000);
  boot({ storage }).throwUncaught('fourth');
  assert.equal(storage.read('ERROR'), 'third');
});

test('restarts when the interpreter has cut a callback off, but not for other flags, nor again and again', () => {
  const { events, flag, beats } = boot();
  beats(1);
  flag(['UART_OVERFLOW', 'LOW_MEMORY']);
  assert.deepEqual(events, []);
  flag(['LOW_MEMORY', 'MEMORY']);
  assert.deepEqual(events, restart('low memory', Restart.LOW_MEMORY));
  const again = boot({ bootReason: Restart.LOW_MEMORY });
  again.beats(1);
  again.flag(['MEMORY']);
  again.beats(MINUTE_BEATS);
  assert.deepEqual(again.events, []);
  again.beats(10 * MINUTE_BEATS);
  again.flag(['MEMORY']);
  assert.deepEqual(again.events, restart('low memory', Restart.LOW_MEMORY));
});
