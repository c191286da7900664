// `npm run update` with scripted lights: success is what the board says, and every failure has its exit code and its line.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { until } from '../../tools/flash/until.ts';
import { createMasterKey } from '../../tools/keys.ts';
import { EXIT } from '../../tools/update/exits.ts';
import { runUpdate } from '../../tools/update/run.ts';
import { chunksAt, file, HASTY, image, lightsAt, noChunksAt, runs, startBroker, update } from '../support/updating.ts';

const to = (version: string, ...argv: string[]): string[] => ['--bundle', image(version), ...argv];

describe('npm run update', { concurrency: 6 }, () => {
  test('updates boards in growing groups, and succeeds when each says so', async (t) => {
    const broker = await startBroker(t);
    const lights = await lightsAt(t, broker, { a: {}, b: {}, c: {}, d: {} });
    const { code, output } = await update(broker, to('2.0.0', '--all'));
    assert.equal(code, EXIT.ok, output);
    const kept = (name: string): string => `${name} ✓ trial     kept: runs 2.0.0, before 1.0.0`;
    const lines = output.split('\n').filter((line) => /^boards|trial|boards run/.test(line));
    assert.deepEqual(
      [...lines.slice(0, 3), ...lines.slice(3, 5).sort(), ...lines.slice(5)], // b and c at once
      [
        ...['boards 1 to 1 of 4', kept('a')],
        ...['boards 2 to 3 of 4', kept('b'), kept('c')],
        ...['boards 4 to 4 of 4', kept('d')],
        '4 of 4 boards run 2.0.0',
      ],
    );
    assert.ok(Object.values(lights).every((light) => light.version() === '2.0.0'));
    await noChunksAt(broker);
  });

  test('begins with the first named, and with as many as --canary says', async (t) => {
    const broker = await startBroker(t);
    await lightsAt(t, broker, { a: {}, b: {}, c: {} });
    const { output } = await update(broker, to('2.0.0', '--name', 'c', '--name', 'a', '--name', 'b', '--canary', '2'));
    assert.match(output, /^boards 1 to 2 of 3\n(?:[ca] ✓.*\n)+boards 3 to 3 of 3\nb ✓/);
  });

  test('has nothing to do for a board that runs the version', async (t) => {
    const broker = await startBroker(t);
    const { left } = await lightsAt(t, broker, { left: {} });
    const { code, output } = await update(broker, to('1.0.0', '--name', 'left'));
    assert.equal(code, EXIT.ok);
    assert.equal(output, 'left ✓ update    nothing to do: it runs 1.0.0\n');
    assert.deepEqual(left.log, []);
  });

  test('halts at the first rollback: the boards behind it are left alone', async (t) => {
    const broker = await startBroker(t);
    const lights = await lightsAt(t, broker, { a: {}, b: { rollsBack: true }, c: {}, d: {}, e: {} });
    const { code, output } = await update(broker, to('2.0.0', '--all'));
    assert.equal(code, EXIT.rolledBack, output);
    assert.match(output, /^b ✗ trial {5}rolled back: it runs 1\.0\.0 again$/m);
    assert.match(output, /^halted: 2 boards left as they are\n2 of 5 boards run 2\.0\.0\n$/m);
    assert.deepEqual([lights.d.log, lights.e.log], [[], []]);
    assert.equal(lights.c.version(), '2.0.0');
    await noChunksAt(broker);
  });

  test('a rollback of yesterday is none of today', async (t) => {
    const broker = await startBroker(t);
    const { left } = await lightsAt(t, broker, { left: { rollsBack: true } });
    assert.equal((await update(broker, to('2.0.0', '--name', 'left'))).code, EXIT.rolledBack);
    left.faults.rollsBack = false;
    const { code, output } = await update(broker, to('2.0.0', '--name', 'left'));
    assert.equal(code, EXIT.ok, output);
  });

  test('ends with the words of a board that refuses', async (t) => {
    const broker = await startBroker(t);
    const reasons: [why: string, words: RegExp][] = [
      ['wrong hash', /✗ offer {5}refused, nothing has changed: wrong hash$/m],
      ['no room: flash by USB, or --compact', /no room: flash by USB, or --compact$/m],
      ['\x1b[31mred', /changed: \?\[31mred$/m],
    ];
    for (const [refuses, words] of reasons) {
      const { left } = await lightsAt(t, broker, { left: { refuses } });
      const { code, output } = await update(broker, to('2.0.0', '--name', 'left'));
      assert.equal(code, EXIT.declined, output);
      assert.match(output, words);
      await left.stop();
    }
  });

  test('a board of another owner refuses, and the line says which key is missing', async (t) => {
    const broker = await startBroker(t);
    await lightsAt(t, broker, { left: {} });
    const other = file('x', '') + '.key';
    createMasterKey(other);
    const { code, output } = await update(broker, to('2.0.0', '--name', 'left', '--master-key', other));
    assert.equal(code, EXIT.declined);
    assert.match(output, /wrong tag \(it was flashed with another master key: name that with --master-key, or flash/);
  });

  test('says that a board has obeyed a later message: this computer may have a wrong clock', async (t) => {
    const broker = await startBroker(t);
    await lightsAt(t, broker, { left: { refuses: 'old counter' } });
    const { code, output } = await update(broker, to('2.0.0', '--name', 'left'), { limits: HASTY });
    assert.equal(code, EXIT.declined);
    assert.match(output, /old counter \(it has obeyed a later message: is the clock of this computer right\?\)$/m);
  });

  test('says of a board that is not ready why, and goes on with the others', async (t) => {
    const broker = await startBroker(t);
    const { off } = await lightsAt(t, broker, { off: {}, old: { isOld: true }, good: {} });
    await off.stop();
    await broker.publish('light/off/status', 'offline', { retain: true });
    const names = ['off', 'old', 'gone', 'good'].flatMap((name) => ['--name', name]);
    const { code, output } = await update(broker, to('2.0.0', ...names));
    assert.equal(code, EXIT.unheard, output);
    assert.match(output, /^off {2}✗ find {6}it is offline: run this again when it is back$/m);
    assert.match(output, /^old {2}✗ find {6}its program takes no updates: flash it once by USB \(npm run flash\)$/m);
    assert.match(output, /^gone ✗ find {6}nothing is heard of it: is the name right\?$/m);
    assert.match(output, /^1 of 4 boards run 2\.0\.0$/m);
    const alone = await update(broker, to('3.0.0', '--name', 'old'));
    assert.equal(alone.code, EXIT.flashFirst);
  });

  test('gives up on a board that falls silent, wherever that is', async (t) => {
    const broker = await startBroker(t);
    for (const silentFrom of ['offer', 'fetch', 'trial'] as const) {
      const { left } = await lightsAt(t, broker, { left: { silentFrom } });
      const { code, output } = await update(broker, to('2.0.0', '--name', 'left'), { limits: HASTY });
      assert.equal(code, EXIT.silent, output);
      assert.match(output, /✗ \w+ +(it does not answer|no word of it any more)/);
      await noChunksAt(broker);
      await left.stop();
    }
  });

  test('a board on trial has not succeeded', async (t) => {
    const broker = await startBroker(t);
    await lightsAt(t, broker, { left: { keepsTrying: true } });
    const { code, output } = await update(broker, to('2.0.0', '--name', 'left'), { limits: HASTY });
    assert.equal(code, EXIT.silent, output);
    assert.doesNotMatch(output, /kept/);
  });

  test('a board that refuses something else while it is on trial has not succeeded either', async (t) => {
    const broker = await startBroker(t);
    await lightsAt(t, broker, { left: { refusesInTrial: true, rollsBack: true } });
    const { code, output } = await update(broker, to('2.0.0', '--name', 'left'));
    assert.equal(code, EXIT.rolledBack, output);
  });

  test('lets a board without room compact on the owner’s word alone', async (t) => {
    const broker = await startBroker(t);
    const { left } = await lightsAt(t, broker, { left: { isFull: true } });
    assert.equal((await update(broker, to('2.0.0', '--name', 'left'))).code, EXIT.declined);
    assert.ok(!left.log.includes('compacted'));
    const { code, output } = await update(broker, to('2.0.0', '--name', 'left', '--compact'));
    assert.equal(code, EXIT.ok, output);
    assert.match(output, /^left ! compacts its flash: a power cut now would erase the board$/m);
    assert.match(output, /^left ✓ compact {3}800 kB free$/m);
  });

  test('Ctrl-C in a fetch leaves the image for the board; the same call goes on, and tidies up', async (t) => {
    const broker = await startBroker(t);
    const { left } = await lightsAt(t, broker, { left: { waitsAtChunk: 3 }, right: {} });
    const stop = new AbortController();
    const running = update(broker, to('2.0.0', '--all'), { signal: stop.signal });
    assert.ok(await until(() => left.log.includes('offered 2.0.0'), 10_000));
    stop.abort();
    const { code, output } = await running;
    assert.equal(code, EXIT.interrupted, output);
    assert.match(output, /^left {2}✗ (offer|fetch) {5}no longer watched: it goes on by itself$/m);
    assert.match(output, /^the image stays at the broker for left: run this again to finish$/m);
    assert.ok(chunksAt(broker).length > 3);
    const second = new AbortController();
    let words = '';
    const write = (text: string) => {
      words += text;
      if (text.startsWith('boards 1')) second.abort();
    };
    assert.equal((await update(broker, to('2.0.0', '--all'), { signal: second.signal, write })).code, EXIT.interrupted);
    assert.match(words, /stays at the broker for left/, 'also when an earlier call has offered it');
    const again = update(broker, to('2.0.0', '--all'));
    left.faults.waitsAtChunk = undefined;
    assert.equal((await again).code, EXIT.ok, (await again).output);
    assert.equal(
      left.log.filter((word) => word.startsWith('offered')).length,
      1,
      'what is under way is not offered again',
    );
    await noChunksAt(broker);
  });

  test('goes on when the broker restarts in the middle and forgets the image', async (t) => {
    const broker = await startBroker(t);
    const { left } = await lightsAt(t, broker, { left: { waitsAtChunk: 3 } });
    const running = update(broker, to('2.0.0', '--name', 'left'));
    assert.ok(await until(() => left.log.includes('offered 2.0.0'), 10_000));
    await broker.restart({ keepSessions: false });
    assert.ok(await until(() => chunksAt(broker).length > 3, 10_000), 'the image is there again');
    left.faults.waitsAtChunk = undefined;
    const { code, output } = await running;
    assert.equal(code, EXIT.ok, output);
  });

  test('says that another update has taken the place of this one', async (t) => {
    const broker = await startBroker(t);
    const { left } = await lightsAt(t, broker, { left: { waitsAtChunk: 3 } });
    const first = update(broker, to('2.0.0', '--name', 'left'));
    assert.ok(await until(() => left.log.includes('offered 2.0.0'), 10_000));
    const second = update(broker, to('3.0.0', '--name', 'left'));
    assert.ok(await until(() => left.log.includes('offered 3.0.0'), 10_000));
    const { code, output } = await first;
    assert.equal(code, EXIT.declined, output);
    assert.match(output, /✗ fetch {5}another update has taken the place of this one$/m);
    left.faults.waitsAtChunk = undefined;
    assert.equal((await second).code, EXIT.ok, (await second).output);
  });

  test('no name and no word of the wire does anything to the terminal', async (t) => {
    const broker = await startBroker(t);
    await broker.publish('light/\x1b[31mred/status', 'online', { retain: true });
    const info = { serial: '1', slot: 'a', update: 'refused: \x1b[2J', version: '\x1b[2J', restarts: 0 };
    await broker.publish('light/\x1b[31mred/info', JSON.stringify(info), { retain: true });
    const { output } = await update(broker, to('2.0.0', '--all'), { limits: HASTY });
    assert.match(output, /^\?\[31mred ✗ offer/m);
    assert.doesNotMatch(output, /\x1b/);
  });

  test('shows the console of a board', async (t) => {
    const broker = await startBroker(t);
    await lightsAt(t, broker, { left: {} });
    const { code, output } = await update(broker, ['--log', 'left']);
    assert.equal(code, EXIT.ok, output);
    assert.match(output, /^left │ one\nleft │ two\n/);
  });

  test('wrong calls end with 2 and one line', async (t) => {
    const broker = await startBroker(t);
    const noImage = file('tiny.js', 'boot light 1 on ');
    const calls: [argv: string[], words: RegExp][] = [
      [[], /which boards\? --name NAME, or --all/],
      [['--nonsense'], /Unknown option/],
      [['--all', '--name', 'a'], /--all takes every board/],
      [['--name', 'a/b'], /--name wants 1 to 32 bytes/],
      [['--all', '--canary', '0'], /--canary wants a whole number from 1/],
      [['--all', '--wait', 'x'], /--wait wants/],
      [['--log', 'a', '--all'], /--log NAME shows one board/],
      [['--all', '--bundle', noImage], /is no program that takes updates: npm run build makes one/],
      [['--all', '--bundle', '/nowhere'], /cannot be read/],
      [to('2.0.0', '--all', '--master-key', '/nowhere'), /no master key \/nowhere: npm run flash makes it/],
      [to('2.0.0', '--all', '--master-key', noImage), /is no master key/],
    ];
    for (const [argv, words] of calls) {
      const { code, output } = await update(broker, argv);
      assert.equal(code, EXIT.badArguments, output);
      assert.match(output, /^update: [^\n]+\n$/);
      assert.match(output, words);
    }
    assert.match((await runs(runUpdate, ['--all'])).output, /which broker\? --broker HOST/);
  });

  test('a broker that is not there, that refuses, or that has no lights: one line each', async (t) => {
    const gone = await update({ port: 1 }, to('2.0.0', '--all'));
    assert.equal(gone.code, EXIT.unreachable);
    assert.match(gone.output, /^update: no broker at 127\.0\.0\.1:1 \(ECONNREFUSED\)\n$/);
    const broker = await startBroker(t, {
      authenticate: (_c, _u, password, done) => done(null, String(password) === 'ok'),
    });
    const login = to('2.0.0', '--all', '--username', 'me');
    assert.equal((await update(broker, login, { environment: { LIGHT_MQTT_PASSWORD: 'no' } })).code, EXIT.refused);
    const asked: string[] = [];
    const ask = (question: string) => (asked.push(question), Promise.resolve('ok'));
    const empty = await update(broker, login, { ask });
    assert.equal(empty.code, EXIT.unheard);
    assert.match(empty.output, /^update: no board is heard; RabbitMQ tells only those that are named/);
    assert.equal(asked.length, 1);
  });
});
