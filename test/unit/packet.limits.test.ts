// What packet.ts refuses, and how little it keeps of what it must not refuse.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BODY_BYTES, PacketType, PAYLOAD_BYTES, TOPIC_BYTES } from '../../src/packet.ts';
import { read } from '../support/reading.ts';

/** The longest header: a byte of type and flags, and four of remaining length. */
const HEADER_BYTES = 5;

const fromHex = (hex: string): string => Buffer.from(hex.replaceAll(' ', ''), 'hex').toString('latin1');

/** A PUBLISH that announces a length by hand, in four bytes; only `body` of it is there. */
function announced(first: string, length: number, body: string): string {
  const digits = [0, 7, 14, 21].map((shift) => ((length >> shift) & 127) | (shift < 21 ? 128 : 0));
  return first + String.fromCharCode(...digits) + body;
}

const MALFORMED: [name: string, hex: string, clause: RegExp][] = [
  ['a remaining length of five bytes', '30 80 80 80 80 01', /^malformed remaining length \[MQTT-2\.2\.3\]$/],
  ['a remaining length that never ends', '20 ff ff ff ff', /^malformed remaining length \[MQTT-2\.2\.3\]$/],
  ['QoS 3', '36 07 0001 74 0001 6f6e', /^QoS 3 \[MQTT-3\.3\.1-4\]$/],
  ['QoS 2', '34 07 0001 74 0001 6f6e', /^QoS 2 PUBLISH, though QoS 1 was granted \[MQTT-3\.8\.4-6\]$/],
  ['a PUBLISH without a topic length', '30 00', /^topic longer than its packet \[MQTT-3\.3\.2-1\]$/],
  ['a PUBLISH with half a topic length', '30 01 00', /^topic longer than its packet \[MQTT-3\.3\.2-1\]$/],
  ['a topic longer than its packet', '30 04 0003 6162', /^topic longer than its packet \[MQTT-3\.3\.2-1\]$/],
  ['a topic that leaves no room for the identifier', '32 05 0002 6162 00', /^topic longer than its packet \[MQTT/],
  ['an empty topic', '30 04 0000 6f6e', /^empty topic \[MQTT-4\.7\.3-1\]$/],
  ['packet identifier 0', '32 07 0001 74 0000 6f6e', /^packet identifier 0 \[MQTT-2\.3\.1-1\]$/],
  ['a CONNACK of three bytes', '20 03 00 00 00', /^unexpected packet 0x20 \[MQTT-4\.8\.0-1\]$/],
  ['a CONNACK with flags in its first byte', '21 02 00 00', /^unexpected packet 0x21 \[MQTT-4\.8\.0-1\]$/],
  ['a SUBACK without a return code', '90 02 0001', /^unexpected packet 0x90 \[MQTT-4\.8\.0-1\]$/],
  ['a SUBACK of more filters than anyone asked for', '90 41 0001', /^unexpected packet 0x90 \[MQTT-4\.8\.0-1\]$/],
  ['a PINGRESP with a body', 'd0 01 00', /^unexpected packet 0xd0 \[MQTT-4\.8\.0-1\]$/],
  ['a packet that only a client sends', '10 02 00 00', /^unexpected packet 0x10 \[MQTT-4\.8\.0-1\]$/],
  ['the reserved type 0', '00 00', /^unexpected packet 0x0 \[MQTT-4\.8\.0-1\]$/],
  ['the reserved type 15', 'f0 00', /^unexpected packet 0xf0 \[MQTT-4\.8\.0-1\]$/],
  ['a web server', Buffer.from('HTTP/1.1 400').toString('hex'), /^unexpected packet 0x48 \[MQTT-4\.8\.0-1\]$/],
];

for (const [name, hex, clause] of MALFORMED) {
  test(`refuses ${name}`, () => {
    const bytes = fromHex(hex);
    assert.throws(() => read(bytes), { name: 'Error', message: clause });
    assert.throws(() => read(bytes + '\x00'.repeat(BODY_BYTES)), { name: 'Error', message: clause });
  });
}

for (let type = 0; type < 16; type += 1) {
  if ([PacketType.CONNACK, PacketType.PUBLISH, PacketType.SUBACK, PacketType.PINGRESP].includes(type)) continue;
  test(`refuses type ${type} before its body has come`, () => {
    assert.throws(() => read(String.fromCharCode(type << 4, 20)), /^Error: unexpected packet 0x/);
  });
}

test('reads a long PUBLISH as soon as it has what it keeps, and says how much to read past', () => {
  const body = '\x00\x01t' + 'x'.repeat(PAYLOAD_BYTES + TOPIC_BYTES - 1 + 2);
  const bytes = announced('\x30', 20_000, body);
  assert.equal(body.length, BODY_BYTES);
  assert.equal(read(bytes.slice(0, -1)), undefined);
  const packet = read(bytes);
  assert.ok(packet?.type === PacketType.PUBLISH);
  assert.equal(packet.size, HEADER_BYTES + 20_000);
  assert.equal(packet.payload, 'x'.repeat(PAYLOAD_BYTES));
});

test('keeps a payload of 1,024 bytes whole, and no more than that of a longer one', () => {
  for (const length of [1023, 1024, 1025, 5000]) {
    const packet = read(announced('\x30', 3 + length, '\x00\x01t' + 'x'.repeat(length)));
    assert.ok(packet?.type === PacketType.PUBLISH);
    assert.equal(packet.payload.length, Math.min(length, 1024));
  }
});

test('keeps 1,024 bytes of payload behind the longest topic that settings allow, and its packet identifier', () => {
  const topic = 't'.repeat(TOPIC_BYTES);
  const body = `\x00\xff${topic}\x00\x07` + 'x'.repeat(PAYLOAD_BYTES);
  const packet = read(announced('\x32', 99_999, body));
  assert.ok(packet?.type === PacketType.PUBLISH);
  assert.equal(packet.id, 7);
  assert.equal(packet.topic, topic);
  assert.equal(packet.payload.length, PAYLOAD_BYTES);
});

test('reads a PUBLISH that announces 256 MB like any other', () => {
  const packet = read(announced('\x30', 268_435_455, '\x00\x01t' + 'x'.repeat(BODY_BYTES)));
  assert.ok(packet?.type === PacketType.PUBLISH);
  assert.equal(packet.size, HEADER_BYTES + 268_435_455);
  assert.equal(packet.payload.length, PAYLOAD_BYTES);
});

test('refuses a topic that does not fit what is kept of a packet', () => {
  const bytes = announced('\x30', 70_000, '\xff\xff' + 't'.repeat(BODY_BYTES));
  assert.throws(() => read(bytes), /^Error: topic that was never subscribed to \[MQTT-3\.3\.2-3\]$/);
});

test('never waits for more than it keeps', () => {
  const needed = HEADER_BYTES + BODY_BYTES;
  for (let first = 0; first < 256; first += 1) {
    for (const length of [0, 1, 2, 100, BODY_BYTES, BODY_BYTES + 1, 268_435_455]) {
      const bytes = announced(String.fromCharCode(first), length, '\x00\x01t\x00\x01'.padEnd(BODY_BYTES, 'x'));
      assert.equal(bytes.length, needed);
      let packet: unknown;
      try {
        packet = read(bytes);
      } catch (error) {
        assert.match(String(error), /^Error: .+ \[MQTT-[0-9.]+(-\d+)?\]$/);
        continue;
      }
      assert.ok(packet, `type and flags 0x${first.toString(16)}, length ${length}`);
    }
  }
});

test('refuses a topic longer than settings allow, however many of its bytes have come', () => {
  const body = '\x02\x00' + 't'.repeat(512) + 'x'.repeat(5000);
  for (const length of [BODY_BYTES, BODY_BYTES + 1, body.length]) {
    const bytes = announced('\x30', body.length, body.slice(0, length));
    assert.throws(() => read(bytes), /^Error: topic that was never subscribed to \[MQTT-3\.3\.2-3\]$/);
  }
});
