// What the doctor's parser gets to see of a stream of packets.

import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import fc from 'fast-check';
import { generate } from 'mqtt-packet';
import { createPacketFilter } from '../../tools/packetFilter.ts';

const LIMIT_BYTES = 16_384;

const publish = (bytes: number): Buffer =>
  generate({ cmd: 'publish', topic: 'a', payload: Buffer.alloc(bytes, 7), qos: 0, dup: false, retain: true });

test('packets over the limit are left out, all others pass unchanged, wherever TCP cuts the stream', async () => {
  const sizes = fc.array(fc.constantFrom(0, 1, 124, 125, 16_000, LIMIT_BYTES - 3, LIMIT_BYTES - 2, 70_000, 3_000_000));
  await fc.assert(
    fc.asyncProperty(sizes, fc.integer({ min: 1, max: 70_000 }), async (all, chunkBytes) => {
      const stream = Buffer.concat([Buffer.from([0x20, 2, 0, 0]), ...all.map(publish), Buffer.from([0xd0, 0])]);
      const step = Math.max(chunkBytes, Math.ceil(stream.length / 5_000));
      const chunks = Array.from({ length: Math.ceil(stream.length / step) }, (_, at) =>
        stream.subarray(at * step, (at + 1) * step),
      );
      let skipped = 0;
      const seen = await buffer(Readable.from(chunks).pipe(createPacketFilter(() => skipped++)));
      const kept = all.filter((bytes) => bytes + 3 <= LIMIT_BYTES); // with the topic and its length
      assert.equal(skipped, all.length - kept.length);
      const passed = Buffer.concat([Buffer.from([0x20, 2, 0, 0]), ...kept.map(publish), Buffer.from([0xd0, 0])]);
      assert.ok(seen.equals(passed));
    }),
    { numRuns: 50 },
  );
});

test('a length of five bytes is no MQTT [MQTT-2.2.3]', async () => {
  const filtered = Readable.from([Buffer.alloc(9, 0xff)]).pipe(createPacketFilter(() => {}));
  await assert.rejects(buffer(filtered), /no MQTT/);
});
