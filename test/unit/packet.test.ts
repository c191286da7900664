import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PacketType, PAYLOAD_BYTES, SUBACK_BYTES } from '../../src/packet.ts';
import { bytesOf, GOLDEN } from '../support/golden.ts';
import { generated, parsed } from '../support/oracle.ts';
import { read } from '../support/reading.ts';

for (const golden of GOLDEN) {
  const bytes = bytesOf(golden);

  test(`reads ${golden.name} byte by byte, with its last byte and not before`, () => {
    for (let at = 0; at < bytes.length; at += 1) assert.equal(read(bytes.slice(0, at)), undefined);
    assert.deepEqual(read(bytes), golden.packet);
  });

  test(`reads ${golden.name} with the next packet behind it`, () => {
    for (const next of GOLDEN) assert.deepEqual(read(bytes + bytesOf(next)), golden.packet);
    assert.deepEqual(read(bytes + '\x00\xff garbage'), golden.packet);
  });
}

test('reads a stream of all golden packets, each from where the last one ended', () => {
  const stream = GOLDEN.map(bytesOf).join('');
  let at = 0;
  for (const golden of GOLDEN) {
    const packet = read(stream.slice(at));
    assert.deepEqual(packet, golden.packet);
    at += golden.packet.size;
  }
  assert.equal(at, stream.length);
});

test('the golden packets are what the oracle takes them for', () => {
  for (const golden of GOLDEN.filter(({ name }) => !name.includes('padded'))) {
    const [packet] = parsed(bytesOf(golden));
    assert.equal(packet?.cmd.toUpperCase(), golden.name.split(' ')[0]);
  }
});

test('reads every SUBACK that the oracle writes', () => {
  for (const granted of [[0], [1], [2], [0x80], [0, 1, 2, 0x80], Array<number>(SUBACK_BYTES - 2).fill(1)]) {
    const bytes = generated({ cmd: 'suback', messageId: 513, granted });
    const codes = String.fromCharCode(...granted);
    assert.deepEqual(read(bytes), { type: PacketType.SUBACK, size: bytes.length, id: 513, codes });
  }
});

test('reads every kind of PUBLISH that the oracle writes', () => {
  for (const qos of [0, 1] as const) {
    for (const retain of [false, true]) {
      for (const dup of qos ? [false, true] : [false]) {
        const message = { cmd: 'publish', qos, retain, dup, topic: 'home/light', payload: 'toggle' } as const;
        const bytes = generated({ ...message, messageId: 700 });
        assert.deepEqual(read(bytes), {
          ...{ type: PacketType.PUBLISH, size: bytes.length, topic: 'home/light', payload: 'toggle' },
          ...{ qos, retain: Number(retain), dup: dup ? 8 : 0, id: qos ? 700 : 0 },
        });
      }
    }
  }
});

for (const length of [3, 126, 127, 128, 129, 16_382, 16_383, 16_384, 16_385, 2_097_151, 2_097_152, 2_097_153]) {
  test(`reads a PUBLISH whose remaining length is ${length}`, () => {
    const payload = Buffer.alloc(length - 3, 'x');
    const bytes = generated({ cmd: 'publish', qos: 0, retain: false, dup: false, topic: 't', payload });
    const packet = read(bytes);
    assert.ok(packet?.type === PacketType.PUBLISH);
    assert.equal(packet.size, bytes.length);
    assert.equal(packet.topic, 't');
    assert.equal(packet.payload, 'x'.repeat(Math.min(payload.length, PAYLOAD_BYTES)));
  });
}
