// Fuzzes the decoder with mutated streams, read as the session reads them, and compares with mqtt-packet.

import fc from 'fast-check';
import { BODY_BYTES, PacketType, PAYLOAD_BYTES, TOPIC_BYTES } from '../../src/packet.ts';
import { cuts, stream } from './mutations.ts';
import { announcedSize, parsed } from './oracle.ts';
import { read, type Packet } from './reading.ts';

/** Type, flags, and four bytes of remaining length. */
const HEADER_BYTES = 5;

/**
 * Reads `runs` mutated streams.
 * @param seed equal seeds give equal streams
 * @throws Error that carries the seed and the smallest stream found, when `decode` breaks a promise
 */
export function fuzzDecode(runs: number, seed: number): void {
  fc.assert(fc.property(stream, cuts, checkReading), { numRuns: runs, seed, includeErrorInReport: true });
}

function checkReading(bytes: string, chunkBytes: number[]): void {
  const whole = readAll([bytes]);
  const inPieces = readAll(chunksOf(bytes, chunkBytes));
  if (JSON.stringify(whole) !== JSON.stringify(inPieces)) throw new Error('read differently in pieces');
  compareWithOracle(bytes, whole[0]);
}

/** Cuts into chunks of the given sizes, used in turn. */
function chunksOf(bytes: string, sizes: number[]): string[] {
  const chunks: string[] = [];
  for (let at = 0; at < bytes.length; at += chunks.at(-1)?.length ?? 0) {
    chunks.push(bytes.slice(at, at + (sizes[chunks.length % sizes.length] ?? 1)));
  }
  return chunks;
}

/** Reads as the session does, up to the first error; its message is the last item. */
function readAll(chunks: string[]): (Packet | string)[] {
  const read: (Packet | string)[] = [];
  let input = '';
  let skip = 0;
  for (const chunk of chunks) {
    input += chunk;
    for (;;) {
      const skipped = Math.min(skip, input.length);
      input = input.slice(skipped);
      skip -= skipped;
      if (skip || !input) break;
      const packet = readOne(input);
      if (packet === undefined) break;
      read.push(packet);
      if (typeof packet === 'string') return read;
      skip = packet.size;
    }
  }
  return read;
}

/** Decodes one packet, and checks what a single call promises. */
function readOne(input: string): Packet | string | undefined {
  let packet: Packet | undefined;
  try {
    packet = read(input);
  } catch (error) {
    const { name, message } = error as Error;
    if (name !== 'Error' || !/ \[MQTT-\d+\.[\d.]*\d(-\d+)?\]$/.test(message)) throw new Error(`stray error: ${error}`);
    return message;
  }
  if (!packet && input.length >= HEADER_BYTES + BODY_BYTES) throw new Error('asked for more than it keeps');
  if (packet && packet.size < 2) throw new Error('a packet without a header: the reader would never end');
  if (packet?.type === PacketType.PUBLISH && packet.payload.length > PAYLOAD_BYTES) throw new Error('kept too much');
  if (packet?.type === PacketType.PUBLISH && packet.topic.length > TOPIC_BYTES) throw new Error('foreign topic');
  return packet;
}

/** Checks that both agree on the first packet, where both accept it. */
function compareWithOracle(bytes: string, ours: Packet | string | undefined): void {
  const size = announcedSize(bytes);
  if (!ours || typeof ours === 'string' || size === undefined || size > bytes.length) return;
  if (ours.size !== size) throw new Error(`size ${ours.size} instead of ${size}`);
  const theirs = oracleSummary(bytes.slice(0, size));
  if (theirs && JSON.stringify(summary(ours)) !== JSON.stringify(theirs)) {
    throw new Error(`read ${JSON.stringify(summary(ours))} where the oracle reads ${JSON.stringify(theirs)}`);
  }
}

function summary(packet: Packet): unknown[] {
  if (packet.type === PacketType.CONNACK) return ['connack', packet.sessionPresent === 1, packet.code];
  if (packet.type === PacketType.SUBACK)
    return ['suback', packet.id, [...packet.codes].map((code) => code.charCodeAt(0))];
  if (packet.type === PacketType.PINGRESP) return ['pingresp'];
  const { dup, qos, retain, topic, id, payload } = packet;
  return ['publish', dup > 0, qos, retain === 1, Buffer.from(topic, 'latin1').toString(), id, payload];
}

/** The same summary by mqtt-packet; undefined where that refuses the packet. */
function oracleSummary(bytes: string): unknown[] | undefined {
  try {
    const [packet] = parsed(bytes);
    if (packet?.cmd === 'connack') return ['connack', packet.sessionPresent, packet.returnCode];
    if (packet?.cmd === 'suback') return ['suback', packet.messageId, packet.granted];
    if (packet?.cmd === 'unsuback') return ['suback', packet.messageId, []];
    if (packet?.cmd === 'pingresp') return ['pingresp'];
    if (packet?.cmd !== 'publish') return [packet?.cmd];
    const payload = Buffer.from(packet.payload as Buffer)
      .toString('latin1')
      .slice(0, PAYLOAD_BYTES);
    return ['publish', packet.dup, packet.qos, packet.retain, packet.topic, packet.messageId ?? 0, payload];
  } catch {
    return undefined;
  }
}
