// `npm run update` at a broker that does not do what it must: it hangs up on whoever sends it an image, as many do where a user may not
// write, or leaves a subscription unanswered.

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { EXIT } from '../../tools/update/exits.ts';
import { HASTY, image, lightsAt, startBroker, update } from '../support/updating.ts';

describe('a broker that hangs up on the image', () => {
  const HANG_UP: Parameters<typeof startBroker>[1] = {
    authorizePublish: (_client, { topic }, done) => done(topic.startsWith('light/firmware/') ? new Error('no') : null),
  };
  const limits = { ...HASTY, putMs: 500, goodbyeMs: 300 };

  test('is one line, after a limit', async (t) => {
    const broker = await startBroker(t, HANG_UP);
    const { left } = await lightsAt(t, broker, { left: {} });
    const { code, output } = await update(broker, ['--bundle', image('2.0.0'), '--name', 'left'], { limits });
    assert.equal(code, EXIT.unreachable, output);
    assert.match(
      output,
      /^update: the broker does not take the image: .* may this user write to light\/firmware\/#\?$/m,
    );
    assert.deepEqual(left.log, []);
  });

  test('leaves the tool to Ctrl-C', async (t) => {
    const broker = await startBroker(t, HANG_UP);
    await lightsAt(t, broker, { left: {} });
    const stop = new AbortController();
    broker.onLog((line) => line.startsWith('update') && line.endsWith('disconnected') && stop.abort());
    const argv = ['--bundle', image('2.0.0'), '--name', 'left'];
    const { code, output } = await update(broker, argv, { limits: { ...limits, putMs: 60_000 }, signal: stop.signal });
    assert.equal(code, EXIT.interrupted, output);
  });
});

test('a broker that leaves the subscription unanswered leaves the tool to Ctrl-C', { timeout: 20_000 }, async (t) => {
  const stop = new AbortController();
  const broker = await startBroker(t, { authorizeSubscribe: () => void setTimeout(() => stop.abort(), 100) });
  const { code, output } = await update(broker, ['--bundle', image('2.0.0'), '--name', 'left'], {
    signal: stop.signal,
  });
  assert.equal(code, EXIT.interrupted, output);
});
