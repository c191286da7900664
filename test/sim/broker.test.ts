import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test, type TestContext } from 'node:test';
import { createBroker } from '../../sim/broker/embedded.ts';
import { connectClient, dial, nextMessage, next } from '../support/mqttClient.ts';

async function started(t: TestContext) {
  const broker = createBroker();
  const port = await broker.start();
  t.after(() => broker.stop());
  return { broker, port };
}

test('passes messages, keeps retained ones, and calls back for each', async (t) => {
  const { broker, port } = await started(t);
  const seen: string[] = [];
  broker.onPublish((message) =>
    seen.push(`${message.clientId} ${message.topic} ${message.payload} ${message.qos} ${message.retain}`),
  );
  const one = await connectClient(t, port, { clientId: 'one' });
  await one.publishAsync('a/b', 'kept', { retain: true, qos: 1 });
  const two = await connectClient(t, port, { clientId: 'two' });
  const arrived = nextMessage(two);
  await two.subscribeAsync('a/#');
  assert.equal(await arrived, 'a/b kept');
  assert.deepEqual(seen, ['one a/b kept 1 true']);
  assert.deepEqual([...broker.retained()], [['a/b', 'kept']]);
  assert.deepEqual(broker.clients().sort(), ['one', 'two']);
});

test('forgets a retained message when an empty one follows', async (t) => {
  const { broker } = await started(t);
  await broker.publish('a', 'kept', { retain: true });
  await broker.publish('a', '', { retain: true });
  assert.equal(broker.retained().size, 0);
});

test('disconnects a client', async (t) => {
  const { broker, port } = await started(t);
  const one = await connectClient(t, port, { clientId: 'one' });
  assert.equal(broker.kick('one'), true);
  await next(one, 'close');
  assert.equal(broker.kick('one'), false);
});

test('keeps sessions and retained messages over a restart on its port, and forgets them when asked to', async (t) => {
  const { broker, port } = await started(t);
  const before = await connectClient(t, port, { clientId: 'one', clean: false });
  await before.subscribeAsync('a', { qos: 1 });
  await broker.publish('kept', 'yes', { retain: true });
  await broker.restart();
  assert.equal(broker.port, port);
  await broker.publish('a', 'missed', { qos: 1 });
  const after = dial(t, port, { clientId: 'one', clean: false });
  assert.equal(await nextMessage(after), 'a missed');
  assert.equal(broker.retained().get('kept'), 'yes');
  await broker.restart({ keepSessions: false });
  assert.equal(broker.retained().size, 0);
  const late = await connectClient(t, port, { clientId: 'late' });
  const silence = new Promise((resolve) => setTimeout(resolve, 100, 'nothing'));
  const first = Promise.race([nextMessage(late), silence]);
  await late.subscribeAsync('kept');
  assert.equal(await first, 'nothing');
});

test('resets its connections when it is killed', async (t) => {
  const { broker, port } = await started(t);
  const one = await connectClient(t, port, { clientId: 'one' });
  const failed = once(one.stream, 'error');
  await broker.kill();
  assert.equal((await failed)[0].code, 'ECONNRESET');
  await broker.start();
  assert.equal(broker.port, port);
});

test('rejects a start on a port that is taken, and leaves nothing running', async (t) => {
  const { port } = await started(t);
  await assert.rejects(createBroker().start(port), { code: 'EADDRINUSE' });
});
