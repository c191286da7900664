// What the session hands to the light, what it acknowledges, and what it publishes.
import assert from 'node:assert/strict';
import { commandsOf, flow, message, OWN, SHARED, type Rig } from '../support/mqttRig.ts';

/** Identifiers of the PUBACKs sent since the last call. */
function acknowledged(rig: Rig): (number | undefined)[] {
  return rig
    .sent()
    .filter(({ cmd }) => cmd === 'puback')
    .map(({ messageId }) => messageId);
}

flow('hands over a message at QoS 0 and acknowledges nothing', (rig) => {
  rig.online();
  rig.receive(message('on'), message('toggle', { topic: OWN }));
  assert.deepEqual(rig.messages, [`${SHARED} on`, `${OWN} toggle`]);
  assert.deepEqual(rig.sent(), []);
});

flow('acknowledges a message at QoS 1 after the deed', (rig) => {
  rig.online();
  let sentBefore: string | undefined;
  rig.light.onMessage = () => {
    sentBefore = commandsOf(rig.sent());
    return true;
  };
  rig.receive(message('on', { qos: 1, messageId: 65_535 }));
  assert.equal(sentBefore, '');
  assert.deepEqual(acknowledged(rig), [65_535]);
});

flow('obeys a redelivered command once and acknowledges it again', (rig) => {
  rig.online();
  rig.receive(message('toggle', { qos: 1, messageId: 109 }));
  rig.closeByPeer();
  rig.nextTimer();
  rig.accept(true);
  rig.receive(message('toggle', { qos: 1, messageId: 109, dup: true }));
  assert.deepEqual(rig.messages, [`${SHARED} toggle`]);
  assert.deepEqual(acknowledged(rig), [109]);
});

flow('obeys a command that is marked as redelivered but never came', (rig) => {
  rig.online();
  rig.receive(message('a', { qos: 1, messageId: 12 }), message('b', { qos: 1, messageId: 1, dup: true }));
  rig.receive(message('c', { qos: 1, messageId: 2, dup: true }), message('d', { qos: 1, messageId: 112, dup: true }));
  assert.equal(rig.messages.length, 4);
});

flow('obeys a new command that has the identifier of an old one', (rig) => {
  rig.online();
  rig.receive(message('on', { qos: 1 }), message('off', { qos: 1 }));
  assert.deepEqual(rig.messages, [`${SHARED} on`, `${SHARED} off`]);
});

for (const [broker, inFlight] of [['mosquitto', 20]] as const) {
  flow(`recognises the redelivery of all ${inFlight} messages that ${broker} has in flight`, (rig) => {
    rig.online();
    const ids = Array.from({ length: inFlight }, (_, index) => 65_000 + index);
    for (const messageId of ids) rig.receive(message('toggle', { qos: 1, messageId }));
    for (const messageId of ids) rig.receive(message('toggle', { qos: 1, messageId, dup: true }));
    assert.equal(rig.messages.length, inFlight);
    assert.equal(acknowledged(rig).length, 2 * inFlight);
  });
}

flow('forgets the oldest identifiers, so that its memory is bounded', (rig) => {
  rig.online();
  for (let messageId = 60_000; messageId < 60_100; messageId += 1) rig.receive(message('x', { qos: 1, messageId }));
  rig.receive(message('x', { qos: 1, messageId: 60_000, dup: true }));
  assert.equal(rig.messages.length, 101);
});

flow('forgets identifiers when the broker has wiped the session', (rig) => {
  rig.online();
  rig.receive(message('toggle', { qos: 1 }));
  rig.closeByPeer();
  rig.nextTimer();
  rig.accept(false);
  rig.receive(message('toggle', { qos: 1, dup: true }));
  assert.equal(rig.messages.length, 2);
});

flow('ends the session on a QoS 2 message, which it never asked for', (rig) => {
  rig.online();
  rig.receive(message('on', { qos: 2 }));
  assert.deepEqual(rig.reasons(), ['QoS 2 PUBLISH, though QoS 1 was granted [MQTT-3.8.4-6]']);
  assert.deepEqual(rig.messages, []);
  assert.deepEqual(rig.net.open(), []);
});

flow('acknowledges and logs a message that the light throws at, and goes on', (rig) => {
  rig.online();
  rig.light.onMessage = (payload) => {
    if (payload === 'bad') throw new Error('no such lamp');
    return true;
  };
  rig.receive(message('bad', { qos: 1, messageId: 5 }), message('on', { qos: 1, messageId: 6 }));
  assert.deepEqual(acknowledged(rig), [5, 6]);
  assert.deepEqual(rig.log.slice(1), ['message failed: Error: no such lamp']);
  assert.deepEqual(rig.reasons(), []);
});

flow('keeps 1 KB of a huge message, reads past the rest and understands what follows', (rig) => {
  rig.online();
  rig.receive(message('x'.repeat(20_000), { qos: 1, messageId: 5 }), message('on', { qos: 1, messageId: 6 }));
  assert.deepEqual(rig.messages, [`${SHARED} ${'x'.repeat(1024)}`, `${SHARED} on`]);
  assert.deepEqual(acknowledged(rig), [5, 6]);
});

flow('does so when the huge message comes in the chunks of the chip', (rig) => {
  rig.online();
  const bytes = '\x30\xac\x9c\x01\x00\x0a' + SHARED + 'x'.repeat(20_000) + '\x30\x0e\x00\x0a' + SHARED + 'on';
  for (let at = 0; at < bytes.length; at += 536) rig.receive(bytes.slice(at, at + 536));
  assert.deepEqual(rig.messages, [`${SHARED} ${'x'.repeat(1024)}`, `${SHARED} on`]);
});

flow('hands over the beginning of a message that announces 256 MB, and lives on while it streams', (rig) => {
  rig.online();
  rig.receive('\x30\xff\xff\xff\x7f\x00\x0a' + SHARED + 'x'.repeat(2000));
  assert.deepEqual(rig.messages, [`${SHARED} ${'x'.repeat(1024)}`]);
  for (let half = 0; half < 10; half += 1) {
    for (let chunk = 0; chunk < 10; chunk += 1) rig.receive('x'.repeat(536));
    rig.advance(15_000);
  }
  assert.deepEqual(rig.reasons(), []);
});

flow('acknowledges a message on a topic that is not its own, and does no more', (rig) => {
  rig.online();
  rig.receive(message('off', { topic: 'home/kitchen/light', qos: 1 }), message('on'));
  assert.deepEqual(rig.messages, [`${SHARED} on`]);
  assert.deepEqual(acknowledged(rig), [7]);
});

flow('obeys what the broker had retained in its first session only', (rig) => {
  rig.online();
  rig.receive(message('on', { retain: true }));
  rig.closeByPeer();
  rig.nextTimer();
  rig.accept();
  rig.receive(message('on', { retain: true }), message('off', { retain: true, qos: 1 }), message('toggle'));
  assert.deepEqual(rig.messages, [`${SHARED} on`, `${SHARED} toggle`]);
  assert.deepEqual(acknowledged(rig), [7]);
});

flow('obeys what the broker had retained when the attempts before came to nothing', (rig) => {
  rig.start();
  rig.closeByPeer();
  rig.nextTimer();
  rig.connack();
  rig.closeByPeer();
  rig.nextTimer();
  rig.accept();
  rig.receive(message('on', { retain: true }));
  assert.deepEqual(rig.messages, [`${SHARED} on`]);
});
