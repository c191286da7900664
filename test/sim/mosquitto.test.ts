import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { createMosquitto, mosquittoAvailable } from '../../sim/broker/mosquitto.ts';
import { connectClient, dial, next } from '../support/mqttClient.ts';

const skip = mosquittoAvailable() ? false : 'no mosquitto on this machine';

async function started(t: TestContext) {
  const broker = await createMosquitto();
  t.after(() => broker.dispose());
  return broker;
}

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
