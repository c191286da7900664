import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createMosquitto, mosquittoAvailable, type MosquittoOptions } from '../../sim/broker/mosquitto.ts';
import { connectClient, dial, nextMessage, next } from '../support/mqttClient.ts';

const skip = mosquittoAvailable() ? false : 'no mosquitto on this machine';

async function started(t: TestContext, options?: MosquittoOptions) {
  const broker = await createMosquitto(options);
  t.after(() => broker.dispose());
  return broker;
}

test('starts on a free port, passes messages, and logs', { skip }, async (t) => {
  const broker = await started(t);
  const one = await connectClient(t, broker.port, { clientId: 'one' });
  await one.subscribeAsync('a');
  const message = nextMessage(one);
  await one.publishAsync('a', 'b', { qos: 1 });
  assert.equal(await message, 'a b');
  assert.ok(broker.log.some((line) => line.includes('connected') && line.includes('one')));
});

test('keeps what was retained over a restart on the same port', { skip }, async (t) => {
  const broker = await started(t, { persistence: true });
  const one = await connectClient(t, broker.port);
  await one.publishAsync('kept', 'yes', { retain: true, qos: 1 });
  await broker.restart();
  const two = await connectClient(t, broker.port);
  const message = nextMessage(two);
  await two.subscribeAsync('kept');
  assert.equal(await message, 'kept yes');
});

test('killed, it leaves no listener, and starts again', { skip }, async (t) => {
  const broker = await started(t);
  const one = await connectClient(t, broker.port);
  const closed = next(one, 'close');
  await broker.kill();
  await closed;
  const [error] = await next(dial(t, broker.port), 'error');
  assert.equal((error as NodeJS.ErrnoException).code, 'ECONNREFUSED');
  await broker.start();
  await connectClient(t, broker.port);
});

test('frozen, it keeps TCP and answers nothing until it thaws', { skip }, async (t) => {
  const broker = await started(t);
  const one = await connectClient(t, broker.port);
  broker.freeze();
  let isDone = false;
  const published = one.publishAsync('a', 'b', { qos: 1 }).then(() => (isDone = true));
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.equal(isDone, false);
  broker.thaw();
  await published;
});

test('two of them bridged share their messages', { skip }, async (t) => {
  const first = await started(t);
  const second = await started(t, { bridgeTo: first.port });
  const [near, far] = [await connectClient(t, first.port), await connectClient(t, second.port)];
  await far.subscribeAsync('a');
  const message = nextMessage(far);
  const sending = setInterval(() => near.publish('a', 'over the bridge'), 50);
  t.after(() => clearInterval(sending));
  assert.equal(await message, 'a over the bridge');
});
