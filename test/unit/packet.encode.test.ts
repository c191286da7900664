// What packet.ts writes, as mqtt-packet reads it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DISCONNECT, encodeConnect, encodePuback, encodePublish, encodeSubscribe, PINGREQ } from '../../src/packet.ts';
import { announcedSize, parsed } from '../support/oracle.ts';

const WILL = { topic: 'light/lamp/status', payload: 'offline' };

/** The only packet in `bytes`, as the oracle reads it. */
function reread(bytes: string) {
  const packets = parsed(bytes);
  assert.equal(packets.length, 1);
  return packets[0] as (typeof packets)[0];
}

function rereadConnect(login: { keepAliveS: number; username?: string; password?: string }) {
  const packet = reread(encodeConnect('aB3', login, WILL.topic, WILL.payload));
  assert.ok(packet.cmd === 'connect');
  return packet;
}

test('writes CONNECT byte for byte', () => {
  const expected = [
    ['10', '28'], // CONNECT, remaining length
    ['0004 4d515454', '04'], // MQTT, level 4
    ['ec', '001e'], // user name, password, will retain, will QoS 1, will; keep alive 30 s
    ['0003 614233', '0005 612f622f73', '0003 6f6666'], // identifier, will topic, will payload
    ['0004 75736572', '0005 7061737373'], // user name, password
  ];
  const bytes = encodeConnect('aB3', { keepAliveS: 30, username: 'user', password: 'passs' }, 'a/b/s', 'off');
  assert.equal(Buffer.from(bytes, 'latin1').toString('hex'), expected.flat().join('').replaceAll(' ', ''));
});

test('writes a CONNECT that keeps the session, with a retained will at QoS 1', () => {
  const packet = rereadConnect({ keepAliveS: 30 });
  assert.equal(packet.protocolId, 'MQTT');
  assert.equal(packet.protocolVersion, 4);
  assert.equal(packet.clean, false);
  assert.equal(packet.keepalive, 30);
  assert.equal(packet.clientId, 'aB3');
  assert.deepEqual(packet.will, { retain: true, qos: 1, topic: WILL.topic, payload: Buffer.from(WILL.payload) });
});

test('writes a CONNECT without user name and password', () => {
  const packet = rereadConnect({ keepAliveS: 5 });
  assert.equal(packet.username, undefined);
  assert.equal(packet.password, undefined);
});

test('writes a CONNECT with a user name alone', () => {
  const packet = rereadConnect({ keepAliveS: 5, username: 'lamp' });
  assert.equal(packet.username, 'lamp');
  assert.equal(packet.password, undefined);
});

test('writes a CONNECT with user name and password', () => {
  const packet = rereadConnect({ keepAliveS: 5, username: 'lamp', password: 'hunter2' });
  assert.equal(packet.username, 'lamp');
  assert.equal(packet.password?.toString(), 'hunter2');
});

test('never writes a password without a user name', () => {
  const bytes = encodeConnect('aB3', { keepAliveS: 5, password: 'hunter2' }, WILL.topic, WILL.payload);
  assert.ok(!bytes.includes('hunter2'));
  assert.ok(reread(bytes).cmd === 'connect');
});

test('writes keep alives of one byte and of two', () => {
  for (const keepAliveS of [5, 255, 256, 3600, 65_535])
    assert.equal(rereadConnect({ keepAliveS }).keepalive, keepAliveS);
});

test('writes a SUBSCRIBE with its topics at QoS 1 and the status topic at QoS 0', () => {
  for (const id of [1, 255, 256, 65_535]) {
    const packet = reread(encodeSubscribe(id, ['home/light', 'light/lamp/set'], 'light/lamp/status'));
    assert.ok(packet.cmd === 'subscribe');
    assert.equal(packet.messageId, id);
    assert.deepEqual(packet.subscriptions, [
      { topic: 'light/lamp/status', qos: 0 },
      { topic: 'home/light', qos: 1 },
      { topic: 'light/lamp/set', qos: 1 },
    ]);
  }
});

for (const length of [3, 4, 126, 127, 128, 129, 16_382, 16_383, 16_384, 16_385, 2_097_151, 2_097_152]) {
  test(`writes a retained PUBLISH at QoS 0 whose remaining length is ${length}`, () => {
    const payload = 'x'.repeat(length - 3);
    const bytes = encodePublish('t', payload);
    const packet = reread(bytes);
    assert.ok(packet.cmd === 'publish');
    assert.equal(packet.qos, 0);
    assert.equal(packet.retain, true);
    assert.equal(packet.dup, false);
    assert.equal(packet.topic, 't');
    assert.equal(packet.payload.toString('latin1'), payload);
    assert.equal(announcedSize(bytes), bytes.length);
  });
}

test('writes UTF-8 topics and payloads as the bytes they are', () => {
  const bytes = (text: string) => Buffer.from(text).toString('latin1');
  const packet = reread(encodePublish(bytes('дом/свет'), bytes('ä€😀')));
  assert.ok(packet.cmd === 'publish');
  assert.equal(packet.topic, 'дом/свет');
  assert.equal(packet.payload.toString(), 'ä€😀');
});

test('writes a PUBACK for every identifier', () => {
  for (const id of [1, 127, 128, 255, 256, 32_768, 65_535]) {
    const packet = reread(encodePuback(id));
    assert.equal(packet.cmd, 'puback');
    assert.equal(packet.messageId, id);
  }
});

test('has the packets without a body', () => {
  assert.equal(reread(PINGREQ).cmd, 'pingreq');
  assert.equal(reread(DISCONNECT).cmd, 'disconnect');
});
