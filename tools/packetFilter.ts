// Bounds what a broker can make us buffer: MQTT 3.1.1 packets that are too large never reach the parser.

import { Transform } from 'node:stream';

/** An info message has some 350 bytes; also enough for the reply to thousands of subscriptions. */
const MAX_PACKET_BYTES = 16_384;

/** Of the remaining length [MQTT-2.2.3]. */
const MAX_LENGTH_BYTES = 4;

/** The remaining length, once its last byte is there; the packet's type comes before it. */
function remaining(header: number[]): number | undefined {
  if (header.length < 2 || header.at(-1)! & 0x80) return undefined;
  return header.slice(1).reduce((sum, byte, at) => sum + (byte & 0x7f) * 128 ** at, 0);
}

/**
 * Creates the filter between socket and client. It fails on a malformed length.
 * @param onSkipped called for each packet that is left out
 */
export function createPacketFilter(onSkipped: () => void): Transform {
  let header: number[] = [];
  let rest = 0;
  let isKept = true;

  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      for (let at = 0; at < chunk.length;) {
        if (rest > 0) {
          const part = chunk.subarray(at, at + rest);
          at += part.length;
          rest -= part.length;
          if (isKept) this.push(part);
          continue;
        }
        header.push(chunk[at++]!);
        const length = remaining(header);
        if (length === undefined && header.length > MAX_LENGTH_BYTES) return done(new Error('no MQTT'));
        if (length === undefined) continue;
        rest = length;
        isKept = length <= MAX_PACKET_BYTES;
        if (isKept) this.push(Buffer.from(header));
        else onSkipped();
        header = [];
      }
      done();
    },
  });
}
