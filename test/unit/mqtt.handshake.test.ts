// The session from CONNECT to SUBACK.
import assert from 'node:assert/strict';
import { commandsOf, flow, message, OWN, SHARED, STATUS } from '../support/mqttRig.ts';

flow('connects after a random part of a second', (rig) => {
  rig.mqtt.start();
  rig.advance(499);
  assert.equal(rig.net.attempts.length, 0);
  rig.advance(1);
  assert.deepEqual(rig.net.attempts, [{ host: 'broker.lan', port: 1883 }]);
});

flow('sends CONNECT before anything else, without waiting for a word of the socket', (rig) => {
  rig.start();
  const packets = rig.sent();
  assert.equal(commandsOf(packets), 'connect');
  rig.net.last().emit('connect');
  rig.net.last().emit('drain');
  rig.idle();
  assert.equal(commandsOf(rig.sent()), '');
});

flow(
  'connects with its identifier, its credentials, its keep alive, a kept session and a will',
  (rig) => {
    rig.start();
    const [packet] = rig.sent();
    assert.ok(packet?.cmd === 'connect');
    assert.equal(packet.clientId, 'lamp0');
    assert.equal(packet.username, 'user');
    assert.equal(packet.password?.toString(), 'secret');
    assert.equal(packet.keepalive, 60);
    assert.equal(packet.clean, false);
    assert.deepEqual(packet.will, { topic: STATUS, payload: Buffer.from('offline'), qos: 1, retain: true });
  },
  { username: 'user', password: 'secret', keepAliveS: 60 },
);

flow('sends birth and SUBSCRIBE after CONNACK and not before', (rig) => {
  rig.start();
  rig.sent();
  rig.connack();
  const [birth, subscribe, ...more] = rig.sent();
  assert.deepEqual(more, []);
  assert.ok(birth?.cmd === 'publish');
  assert.deepEqual([birth.topic, String(birth.payload), birth.qos, birth.retain], [STATUS, 'online', 0, true]);
  assert.ok(subscribe?.cmd === 'subscribe');
  assert.deepEqual(subscribe.subscriptions, [
    { topic: STATUS, qos: 0 },
    { topic: SHARED, qos: 1 },
    { topic: OWN, qos: 1 },
  ]);
});

flow('is connected once SUBACK has granted all, and not before', (rig) => {
  rig.start();
  rig.connack();
  assert.equal(rig.mqtt.publish('t', 'p'), false);
  assert.deepEqual(rig.ready, []);
  assert.deepEqual(rig.log, []);
  rig.suback();
  assert.deepEqual(rig.ready, [true]);
  assert.deepEqual(rig.log, ['mqtt connected as lamp0 at broker.lan:1883']);
  assert.equal(rig.mqtt.publish('t', 'p'), true);
});

flow('is content with a lower QoS than it asked for', (rig) => {
  rig.start();
  rig.connack();
  rig.suback([0, 0, 0]);
  assert.deepEqual(rig.ready, [true]);
});

flow('understands a broker that answers byte by byte, or all at once with a message behind', (rig) => {
  rig.start();
  for (const byte of '\x20\x02\x00\x00\x90\x05\x00\x01\x00\x01\x01') rig.receive(byte);
  assert.deepEqual(rig.ready, [true]);
  rig.closeByPeer();
  rig.nextTimer();
  rig.receive('\x20\x02\x00\x00\x90\x05\x00\x01\x00\x01\x01', message('on'));
  assert.deepEqual(rig.ready, [true, true]);
  assert.deepEqual(rig.messages, [`${SHARED} on`]);
});

const REFUSALS: [returnCode: number, words: string][] = [
  [1, 'protocol version'],
  [2, 'client identifier'],
  [3, 'unavailable'],
  [4, 'user name or password'],
  [5, 'not authorized'],
  [6, '6'],
  [255, '255'],
];

for (const [returnCode, words] of REFUSALS) {
  flow(`backs off when CONNACK says ${returnCode}, and names it on the log`, (rig) => {
    rig.start();
    rig.receive(`\x20\x02\x00${String.fromCharCode(returnCode)}`);
    assert.deepEqual(rig.log, [`mqtt down: CONNACK refused: ${words}, retry in 0.5 s`]);
    assert.deepEqual(rig.reasons(), [`CONNACK refused: ${words}`]);
    assert.deepEqual(rig.net.open(), []);
    assert.equal(commandsOf(rig.sent()), 'connect');
    rig.nextTimer();
    assert.equal(rig.net.attempts.length, 2);
  });

  flow(`backs off once when CONNACK says ${returnCode} and the broker closes, too`, (rig) => {
    rig.start();
    rig.receive(`\x20\x02\x00${String.fromCharCode(returnCode)}`);
    rig.closeByPeer();
    assert.equal(rig.log.length, 1);
  });
}

for (const [granted, topic] of [
  [[0x80, 1, 1], STATUS],
  [[0, 0x80, 1], SHARED],
  [[0, 1, 0x80], OWN],
] as [number[], string][]) {
  flow(`backs off when SUBACK refuses ${topic}, and names the topic on the log`, (rig) => {
    rig.start();
    rig.connack();
    rig.suback(granted);
    assert.deepEqual(rig.log, [`mqtt down: SUBACK refused: ${topic}, retry in 0.5 s`]);
    assert.deepEqual(rig.ready, []);
    assert.deepEqual(rig.net.open(), []);
  });
}

flow(
  'connects though SUBACK refuses topics that are not for commands, and names them on the log',
  (rig) => {
    rig.start();
    rig.connack();
    rig.suback([0, 1, 1, 0x80, 0x80]);
    assert.deepEqual(rig.ready, [true]);
    assert.deepEqual(rig.log.slice(0, 2), [
      'SUBACK refused: light/lamp/update, goes on without it',
      'SUBACK refused: light/call, goes on without it',
    ]);
  },
  { topics: [SHARED, OWN, 'light/lamp/update', 'light/call'] },
);

for (const granted of [[0], [0, 1], [0, 1, 1, 1]]) {
  flow(`backs off when SUBACK has ${granted.length} return codes for three topics`, (rig) => {
    rig.start();
    rig.connack();
    rig.suback(granted);
    assert.deepEqual(rig.reasons(), ['SUBACK does not fit SUBSCRIBE [MQTT-3.8.4-5]']);
  });
}

flow('drops a broker that accepts TCP and never sends CONNACK after ten seconds', (rig) => {
  rig.start();
  rig.advance(9_999);
  assert.deepEqual(rig.log, []);
  rig.advance(1);
  assert.deepEqual(rig.log, ['mqtt down: no CONNACK, retry in 0.5 s']);
  assert.deepEqual(rig.net.open(), []);
});

flow('drops a broker that never sends SUBACK ten seconds after CONNACK', (rig) => {
  rig.start();
  rig.advance(9_000);
  rig.connack();
  rig.advance(9_999);
  assert.deepEqual(rig.log, []);
  rig.advance(1);
  assert.deepEqual(rig.log, ['mqtt down: no SUBACK, retry in 0.5 s']);
  assert.deepEqual(rig.net.open(), []);
});

flow('does not take half a CONNACK for life', (rig) => {
  rig.start();
  rig.receive('\x20\x02\x00');
  rig.advance(10_000);
  assert.deepEqual(rig.reasons(), ['no CONNACK']);
});

const OUT_OF_TURN: [name: string, bytes: string][] = [
  ['PUBLISH before CONNACK', '\x30\x06\x00\x03a/bx'],
  ['PINGRESP before CONNACK', '\xd0\x00'],
  ['SUBACK before CONNACK', '\x90\x05\x00\x01\x00\x01\x01'],
  ['a second CONNACK', '\x20\x02\x00\x00\x20\x02\x00\x00'],
  ['a second SUBACK', '\x20\x02\x00\x00' + '\x90\x05\x00\x01\x00\x01\x01'.repeat(2)],
];

for (const [name, bytes] of OUT_OF_TURN) {
  flow(`drops a broker that sends ${name}`, (rig) => {
    rig.start();
    rig.receive(bytes);
    assert.deepEqual(rig.reasons(), ['packet out of turn [MQTT-4.8.0-1]']);
    assert.deepEqual(rig.net.open(), []);
  });
}

flow('drops what is no broker, such as a web server on its port', (rig) => {
  rig.start();
  rig.receive('HTTP/1.1 400 Bad Request\r\n\r\n');
  assert.deepEqual(rig.reasons(), ['unexpected packet 0x48 [MQTT-4.8.0-1]']);
});

flow('obeys messages that come between CONNACK and SUBACK, as those of a kept session do', (rig) => {
  rig.start();
  rig.connack({ sessionPresent: true });
  rig.receive(message('on', { qos: 1 }));
  assert.deepEqual(rig.messages, [`${SHARED} on`]);
  assert.equal(commandsOf(rig.sent()), 'connect publish subscribe puback');
});
