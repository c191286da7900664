// Updates in the real interpreter, booted from its flash by the loader.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { createBroker } from '../../sim/broker/embedded.ts';
import { createInterpreter, INTERPRETER_HINT, interpreterPath } from '../../sim/interpreter/interpreter.ts';
import { chunksOf, createKey, offerText, settingsText, sha256, signed } from '../support/signing.ts';
import { flashFiles, imageOf } from './home.ts';

/** Chip milliseconds per wall millisecond. */
const SPEED = 30;

const LIMIT_MS = 60_000;

const A = '1.0.0-A';
const B = '2.0.0-B';
const C = '3.0.0-C';
const [IMAGE_B, IMAGE_C] = [imageOf(B), `throw new Error("bad image");${imageOf(C)}`];

/** A light that can be updated, in the real interpreter, with its owner and a broker. */
async function createBench(serial: string) {
  const broker = createBroker();
  await broker.start();
  const key = createKey();
  const { '.bootcde': bundle, ...files } = flashFiles(imageOf(A), key) as { '.bootcde': string };
  const settings = { name: 'desk', wifi: { ssid: 'Home' }, broker: `127.0.0.1:${broker.port}`, powerOn: 'off' };
  const chip = createInterpreter({ bundle, files, settings, serial, speed: SPEED, restarts: true });
  let counter = 1_764_000_000_000;

  const send = (text: string): Promise<void> => broker.publish('light/desk/update', signed(key, text), { qos: 1 });

  async function offer(version: string, image: string): Promise<void> {
    for (const { topic, payload } of chunksOf(image)) await broker.publish(topic, payload, { retain: true });
    await send(offerText((counter += 1000), image, version));
  }

  const info = (): Record<string, unknown> =>
    JSON.parse(broker.retained().get('light/desk/info') ?? '{}') as Record<string, unknown>;

  async function until(condition: () => boolean, what: string): Promise<void> {
    const endMs = Date.now() + LIMIT_MS;
    while (!condition()) {
      assert.ok(Date.now() < endMs, `${what}\n${chip.console.slice(-30).join('\n')}`);
      await sleep(50);
    }
  }

  /** Waits until the light says what has become of the update to a version. */
  const outcome = (version: string, update: string): Promise<void> =>
    until(() => info()['version'] === version && info()['update'] === update, `${version} ${update}`);

  async function obeys(): Promise<void> {
    for (const payload of ['on', 'off']) {
      const duty = payload === 'on' ? 1 : 0;
      const from = chip.pinWrites.length;
      await broker.publish('light/desk/set', payload, { qos: 1 });
      await until(() => chip.pinWrites.slice(from).some((write) => write.duty === duty), payload);
    }
  }

  async function dispose(): Promise<void> {
    await chip.dispose();
    await broker.kill();
  }

  return {
    ...{ broker, chip, offer, info, until, outcome, obeys, dispose },
    configure: (next: object) => send(settingsText(key, (counter += 1000), next)),
    /** The boot log. */
    log: async () => (await chip.read('light.boot')).replace(/\xff+$/, ''),
  };
}

type Bench = Awaited<ReturnType<typeof createBench>>;

function onBench(serial: string, story: (bench: Bench) => Promise<void>): () => Promise<void> {
  return async () => {
    const bench = await createBench(serial);
    try {
      bench.chip.powerOn();
      await bench.until(() => bench.info()['version'] === A, 'A');
      await story(bench);
    } finally {
      await bench.dispose();
    }
  };
}

const skip = interpreterPath() ? false : INTERPRETER_HINT;

describe('the real interpreter', { skip, concurrency: true }, () => {
  test(
    'is updated from A to B, rolls a bad C back, and obeys after each',
    onBench('00000000-0a01', async ({ offer, outcome, obeys, chip, log, info }) => {
      const before = Number(info()['usedVariables']);
      await obeys();
      await offer(B, IMAGE_B);
      await outcome(B, 'kept');
      await obeys();
      assert.equal(sha256(await chip.read('light.b')), sha256(IMAGE_B));
      await offer(C, IMAGE_C);
      await outcome(B, 'rolled back');
      await obeys();
      assert.equal(await log(), 'Ab1Ba1-');
      assert.match(String(info()['lastError']), /bad image/);
      const grown = Number(info()['usedVariables']) - before;
      assert.ok(grown < 40, `${grown} more variables`);
    }),
  );

  test(
    'goes on with a fetch after a power cut, and rolls back when the power goes in the trial',
    onBench('00000000-0a02', async ({ offer, outcome, obeys, chip, until, log }) => {
      await offer(B, IMAGE_B);
      await until(() => chip.console.some((line) => line.startsWith('update fetched 30 %')), 'a part of B');
      await chip.powerOff();
      chip.powerOn();
      await until(() => chip.console.includes('update trial'), 'the trial');
      const percents = chip.console.filter((line) => line.startsWith('update fetched'));
      assert.ok(percents.length < 14, `it began anew: ${percents.join()}`);
      await outcome(B, 'trial');
      await chip.powerOff();
      chip.powerOn();
      await outcome(A, 'rolled back');
      await obeys();
      assert.equal(await log(), 'Ab1-');
    }),
  );

  test(
    'keeps good settings, and rolls those of a broker back that is not there',
    onBench('00000000-0a03', async ({ configure, until, outcome, obeys, info, log }) => {
      await configure({ powerOn: 'last' });
      await until(() => info()['powerOn'] === 'last' && info()['update'] === 'kept', 'kept');
      await configure({ broker: '127.0.0.1:1' });
      await outcome(A, 'rolled back');
      await obeys();
      assert.equal(info()['powerOn'], 'last');
      assert.equal(await log(), 'As1Ss1-');
    }),
  );
});
