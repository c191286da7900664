// Stop, start, and the ends of links that are no longer the session's.
import assert from 'node:assert/strict';
import { commandsOf, flow, message } from '../support/mqttRig.ts';

flow('lets go of the link on a stop without a word, and stays away', (rig) => {
  rig.online();
  rig.mqtt.stop(false);
  rig.idle();
  assert.deepEqual(rig.net.open(), []);
  assert.deepEqual(rig.sent(), []);
  assert.equal(rig.clock.pending(), 0);
  rig.advance(3_600_000);
  assert.equal(rig.net.attempts.length, 1);
  assert.deepEqual(rig.reasons(), []);
});

flow('says offline and DISCONNECT on a wanted stop', (rig) => {
  rig.online();
  rig.mqtt.stop(true);
  rig.idle();
  const packets = rig.sent();
  assert.equal(commandsOf(packets), 'publish disconnect');
  assert.ok(packets[0]?.cmd === 'publish');
  assert.deepEqual([String(packets[0].payload), packets[0].retain], ['offline', true]);
  assert.deepEqual(rig.net.open(), []);
  assert.equal(rig.clock.pending(), 0);
});

flow('says nothing on a wanted stop while CONNACK is due: no packet may go before it', (rig) => {
  rig.start();
  rig.sent();
  rig.mqtt.stop(true);
  assert.deepEqual(rig.sent(), []);
  assert.equal(rig.clock.pending(), 0);
});

flow('stays away after a wanted stop whose last words cannot be written', (rig) => {
  rig.online();
  rig.net.last().throwOnWrite();
  rig.mqtt.stop(true);
  assert.equal(rig.clock.pending(), 0);
});

flow('can be stopped at any moment, and more than once', (rig) => {
  rig.mqtt.stop(false);
  rig.mqtt.start();
  rig.mqtt.stop(false);
  assert.equal(rig.clock.pending(), 0);
  rig.start();
  rig.mqtt.stop(false);
  rig.mqtt.stop(true);
  assert.equal(rig.clock.pending(), 0);
  assert.deepEqual(rig.net.open(), []);
});

flow('connects again after stop and start, as if nothing had been', (rig) => {
  rig.online();
  rig.receive('\x30\x80');
  rig.mqtt.stop(false);
  rig.mqtt.start();
  rig.nextTimer();
  rig.accept();
  rig.receive(message('on'));
  assert.deepEqual(rig.ready, [true, true]);
  assert.deepEqual(rig.messages, ['home/light on']);
});

flow('does not heed events of a socket that it has let go', (rig) => {
  rig.online();
  const old = rig.net.last();
  old.emit('drain');
  old.fail();
  rig.mqtt.stop(false);
  rig.start();
  rig.accept();
  assert.deepEqual(rig.reasons(), []);
  assert.deepEqual(rig.ready, [true, true]);
  old.receive('\xff\xff');
  rig.receive(message('on'));
  assert.deepEqual(rig.messages, ['home/light on']);
});

flow('reads nothing more of a chunk once its session has ended within it', (rig) => {
  rig.online();
  rig.light.onMessage = () => {
    rig.mqtt.stop(false);
    return true;
  };
  rig.receive(message('off', { qos: 1 }), message('on', { qos: 1 }));
  assert.deepEqual(rig.messages, ['home/light off']);
  assert.deepEqual(rig.sent(), []);
  assert.deepEqual(rig.reasons(), []);
  assert.equal(rig.clock.pending(), 0);
});

flow('takes its listeners off a socket that it lets go: the chip has no room for them', (rig) => {
  rig.online();
  let removals = 0;
  rig.net.last().removeAllListeners = () => (removals += 1);
  rig.closeByPeer();
  assert.equal(removals, 1);
});

flow('understands a new link whatever the old one left half-read', (rig) => {
  for (const leftover of ['\x30\x80', '\x30\xff\xff\xff\x7f\x00\x01t' + 'x'.repeat(2000)]) {
    rig.start();
    rig.accept();
    rig.receive(leftover);
    rig.mqtt.stop(false);
  }
  rig.start();
  rig.accept();
  rig.receive(message('on'));
  assert.equal(rig.messages.at(-1), 'home/light on');
});

flow('does not take what streamed in on the old link for life of the new one', (rig) => {
  rig.online();
  rig.receive(message('x'.repeat(2000)));
  rig.closeByPeer();
  rig.nextTimer();
  rig.connack();
  rig.advance(10_000);
  assert.deepEqual(rig.reasons(), ['closed by the broker', 'no SUBACK']);
});

flow('does not miss a PINGRESP on the new link that was due on the old one', (rig) => {
  rig.online();
  rig.advance(15_000);
  rig.closeByPeer();
  rig.nextTimer();
  rig.accept();
  rig.advance(29_999);
  assert.deepEqual(rig.reasons(), ['closed by the broker']);
});

flow('is not held up on the new link by what the old one could not send', (rig) => {
  rig.online();
  rig.mqtt.publish('t', 'x'.repeat(4000));
  rig.closeByPeer();
  rig.nextTimer();
  rig.connack();
  rig.suback();
  assert.equal(rig.mqtt.publish('t', 'p'), true);
});
