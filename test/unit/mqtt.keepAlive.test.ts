// How the session notices that a link is dead, deaf, stuck or closed.
import assert from 'node:assert/strict';
import { commandsOf, flow, message, type Rig } from '../support/mqttRig.ts';

const PINGRESP = '\xd0\x00';

/** A long message in the pieces in which the chip hands it over. */
function stream(rig: Rig): void {
  const bytes = '\x30\xcc\x0c\x00\x0ahome/light' + 'x'.repeat(1600);
  for (let at = 0; at < bytes.length; at += 536) rig.receive(bytes.slice(at, at + 536));
}

flow('sends PINGREQ twice per keep alive while the broker answers', (rig) => {
  rig.online();
  for (let ping = 0; ping < 10; ping += 1) {
    rig.advance(14_999);
    assert.equal(commandsOf(rig.sent()), '');
    rig.advance(1);
    assert.equal(commandsOf(rig.sent()), 'pingreq');
    rig.receive(PINGRESP);
  }
  assert.equal(rig.net.attempts.length, 1);
});

flow(
  'takes the cadence from the keep alive of the settings',
  (rig) => {
    rig.online();
    rig.advance(2_499);
    assert.equal(commandsOf(rig.sent()), '');
    rig.advance(1);
    assert.equal(commandsOf(rig.sent()), 'pingreq');
  },
  { keepAliveS: 5 },
);

flow('pings on time even while it publishes and hears messages', (rig) => {
  rig.online();
  for (let second = 0; second < 15; second += 1) {
    rig.mqtt.publish('t', 'p');
    rig.receive(message('x'));
    rig.advance(1000);
  }
  assert.equal(rig.sent().at(-1)?.cmd, 'pingreq');
});

flow('drops the link when PINGRESP is late', (rig) => {
  rig.online();
  rig.advance(15_000);
  rig.advance(14_999);
  assert.equal(rig.log.length, 1);
  rig.advance(1);
  assert.equal(rig.lastLine(), 'mqtt down: no PINGRESP, retry in 0.5 s');
  assert.deepEqual(rig.net.open(), []);
  rig.nextTimer();
  assert.equal(rig.net.attempts.length, 2);
});

for (const diedAfterMs of [0, 1, 7_000, 14_999, 15_001, 29_999]) {
  flow(`notices a link that died ${diedAfterMs} ms after the connect within the keep alive`, (rig) => {
    rig.online();
    const startedMs = rig.clock.nowMs();
    for (let ms = 15_000; ms <= diedAfterMs; ms += 15_000) {
      rig.advance(15_000);
      rig.receive(PINGRESP);
    }
    rig.advance(startedMs + diedAfterMs - rig.clock.nowMs());
    rig.advance(30_000);
    assert.equal(rig.reasons()[0], 'no PINGRESP');
  });
}

flow('takes a stream of messages for life: PINGRESP may be queued behind it', (rig) => {
  rig.online();
  for (let half = 0; half < 10; half += 1) {
    stream(rig);
    rig.advance(15_000);
  }
  assert.deepEqual(rig.reasons(), []);
  rig.advance(15_000);
  assert.deepEqual(rig.reasons(), ['no PINGRESP']);
});

flow('does not take a few messages for life', (rig) => {
  rig.online();
  rig.advance(15_000);
  rig.receive(message('x'.repeat(500)));
  rig.advance(15_000);
  assert.deepEqual(rig.reasons(), ['no PINGRESP']);
});

flow('waits for SUBACK as long as what was queued for it streams in, and no longer', (rig) => {
  rig.start();
  rig.connack({ sessionPresent: true });
  stream(rig);
  rig.advance(10_000);
  assert.deepEqual(rig.reasons(), []);
  rig.advance(15_000);
  assert.deepEqual(rig.reasons(), ['no SUBACK']);
});

flow('is connected by a SUBACK that comes behind such a stream', (rig) => {
  rig.start();
  rig.connack({ sessionPresent: true });
  stream(rig);
  rig.advance(20_000);
  rig.suback();
  assert.deepEqual(rig.ready, [true]);
});

for (const [name, bytes] of [
  ['a PUBLISH of 256 MB whose rest never comes', '\x30\xff\xff\xff\x7f\x00\x01t'],
  ['half a packet', '\x30\x20\x00\x01t'],
  ['half a header', '\x30\x80'],
] as const) {
  flow(`drops a link that has gone deaf behind ${name}, though the broker still answers`, (rig) => {
    rig.online();
    rig.receive(bytes);
    rig.advance(15_000);
    rig.receive(PINGRESP);
    rig.advance(15_000);
    assert.equal(rig.reasons().length, 1);
    assert.deepEqual(rig.net.open(), []);
  });
}

flow('backs off when the broker closes', (rig) => {
  rig.online();
  rig.closeByPeer();
  assert.equal(rig.lastLine(), 'mqtt down: closed by the broker, retry in 0.5 s');
  assert.deepEqual(rig.reasons(), ['closed by the broker']);
});

flow('backs off when the connection is lost with bytes unsent', (rig) => {
  rig.online();
  rig.net.last().fail();
  rig.idle();
  assert.equal(rig.lastLine(), 'mqtt down: connection lost, retry in 0.5 s');
  assert.deepEqual(rig.reasons(), ['connection lost']);
});

flow('backs off when a write throws, be it the very first', (rig) => {
  const connect = rig.net.connect;
  rig.net.connect = (where) => {
    const socket = connect(where);
    rig.net.last().throwOnWrite();
    return socket;
  };
  rig.start();
  assert.deepEqual(rig.log, ['mqtt down: write failed, retry in 0.5 s']);
  assert.deepEqual(rig.net.open(), []);
  rig.net.connect = connect;
  rig.nextTimer();
  rig.accept();
  rig.net.last().throwOnWrite();
  rig.nextTimer();
  assert.equal(rig.lastLine(), 'mqtt down: write failed, retry in 1.0 s');
});

flow('backs off when PUBACK, birth or a report cannot be written', (rig) => {
  rig.online();
  rig.net.last().throwOnWrite();
  rig.mqtt.publish('t', 'p');
  assert.deepEqual(rig.reasons(), ['write failed']);
  rig.nextTimer();
  rig.net.last().throwOnWrite();
  rig.connack();
  assert.deepEqual(rig.reasons(), ['write failed', 'write failed']);
  rig.nextTimer();
  rig.accept();
  rig.net.last().throwOnWrite();
  rig.receive(message('on', { qos: 1 }), message('off', { qos: 1 }));
  assert.deepEqual(rig.reasons(), ['write failed', 'write failed', 'write failed']);
  assert.deepEqual(rig.messages, ['home/light on']);
});

flow('drops a broker that does not read, before the interpreter runs out of memory', (rig) => {
  rig.online();
  const puback = message('x', { qos: 1 });
  for (let sent = 4; sent <= 8192; sent += 4) rig.receive(puback);
  assert.deepEqual(rig.reasons(), []);
  rig.receive(puback);
  assert.deepEqual(rig.reasons(), ['broker does not read']);
  assert.deepEqual(rig.net.open(), []);
});

flow('goes on for ever with a broker that reads', (rig) => {
  rig.online();
  for (let count = 0; count < 5000; count += 1) {
    rig.receive(message('x', { qos: 1 }));
    if (count % 100 === 0) rig.drain();
  }
  assert.deepEqual(rig.reasons(), []);
});
