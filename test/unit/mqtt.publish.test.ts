// What the session publishes: reports, and the truth about itself.
import assert from 'node:assert/strict';
import { commandsOf, flow, message, STATUS } from '../support/mqttRig.ts';
import { generated } from '../support/oracle.ts';

flow('corrects a false offline, and leaves online alone', (rig) => {
  rig.online();
  rig.receive(message('online', { topic: STATUS }), message('online', { topic: STATUS, retain: true }));
  assert.deepEqual(rig.sent(), []);
  rig.receive(message('offline', { topic: STATUS }));
  const [packet, ...more] = rig.sent();
  assert.deepEqual(more, []);
  assert.ok(packet?.cmd === 'publish');
  assert.deepEqual([packet.topic, String(packet.payload), packet.retain], [STATUS, 'online', true]);
  assert.deepEqual(rig.messages, []);
});

flow('corrects a false offline in a later session too, where it comes retained', (rig) => {
  rig.online();
  rig.closeByPeer();
  rig.nextTimer();
  rig.accept();
  rig.receive(message('offline', { topic: STATUS, retain: true }));
  assert.equal(commandsOf(rig.sent()), 'publish');
});

flow('publishes retained, at QoS 0', (rig) => {
  rig.online();
  assert.equal(rig.mqtt.publish('light/lamp/state', 'ON'), true);
  const [packet] = rig.sent();
  assert.ok(packet?.cmd === 'publish');
  assert.deepEqual([packet.topic, String(packet.payload)], ['light/lamp/state', 'ON']);
  assert.deepEqual([packet.qos, packet.retain, packet.dup], [0, true, false]);
});

flow('refuses to publish while it is stopped, waiting, connecting or subscribing', (rig) => {
  const refuses = () => assert.equal(rig.mqtt.publish('t', 'p'), false);
  refuses();
  rig.mqtt.start();
  refuses();
  rig.nextTimer();
  refuses();
  rig.connack();
  refuses();
  rig.closeByPeer();
  refuses();
  rig.mqtt.stop(false);
  refuses();
});

flow('refuses to publish on a congested link, and says once it has drained that it may be tried again', (rig) => {
  rig.online();
  assert.equal(rig.mqtt.publish('t', 'x'.repeat(600)), true);
  assert.equal(rig.mqtt.publish('t', 'p'), false);
  assert.deepEqual(rig.ready, [true]);
  rig.drain();
  assert.deepEqual(rig.ready, [true, false]);
  assert.equal(rig.mqtt.publish('t', 'p'), true);
  rig.drain();
  assert.deepEqual(rig.ready, [true, false]);
});

flow('lets a report of ordinary length pass behind one that is still on its way', (rig) => {
  rig.online();
  assert.equal(rig.mqtt.publish('t', 'x'.repeat(400)), true);
  assert.equal(rig.mqtt.publish('t', 'x'.repeat(400)), true);
});

flow('calls a refused publish ready with the next session, when the link was lost meanwhile', (rig) => {
  rig.online();
  rig.closeByPeer();
  assert.equal(rig.mqtt.publish('t', 'p'), false);
  rig.nextTimer();
  rig.accept();
  assert.deepEqual(rig.ready, [true, true]);
});

flow('keeps the link when making a report throws, and says so on the log', (rig) => {
  rig.light.onReady = () => {
    throw new Error('no memory');
  };
  rig.online();
  assert.equal(rig.lastLine(), 'report failed: no memory');
  rig.mqtt.publish('t', 'x'.repeat(600));
  rig.mqtt.publish('t', 'p');
  rig.drain();
  assert.deepEqual(rig.ready, [true, false]);
  assert.deepEqual(rig.reasons(), []);
  assert.equal(rig.mqtt.publish('t', 'p'), true);
});

/** Packets of the updater: SUBSCRIBE and UNSUBSCRIBE. */
const packets = (messageId: number): string =>
  generated({ cmd: 'unsubscribe', messageId, unsubscriptions: ['light/firmware/x/0'] }) +
  generated({ cmd: 'subscribe', messageId: messageId + 1, subscriptions: [{ topic: 'light/firmware/x/1', qos: 0 }] });

flow('sends packets of the updater as they are, and takes their SUBACK and UNSUBACK, each once', (rig) => {
  rig.online();
  assert.equal(rig.mqtt.publish('', packets(2), 2), true);
  assert.equal(commandsOf(rig.sent()), 'unsubscribe subscribe');
  rig.receive({ cmd: 'unsuback', messageId: 2, granted: [] }, { cmd: 'suback', messageId: 3, granted: [0] });
  assert.deepEqual(rig.reasons(), []);
  rig.receive({ cmd: 'suback', messageId: 3, granted: [0] });
  assert.deepEqual(rig.reasons(), ['packet out of turn [MQTT-4.8.0-1]']);
});

for (const id of [1, 2])
  flow(`a SUBACK ${id} or an UNSUBACK that nobody waits for ends the link`, (rig) => {
    rig.online();
    rig.receive({ cmd: 'unsuback', messageId: id, granted: [] });
    assert.deepEqual(rig.reasons(), ['packet out of turn [MQTT-4.8.0-1]']);
  });

flow('what the updater waited for is forgotten with its link', (rig) => {
  rig.online();
  rig.mqtt.publish('', packets(2), 2);
  rig.closeByPeer();
  rig.nextTimer();
  rig.accept();
  rig.receive({ cmd: 'suback', messageId: 3, granted: [0] });
  assert.equal(rig.reasons().at(-1), 'packet out of turn [MQTT-4.8.0-1]');
});
