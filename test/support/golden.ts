// Golden packets: the bytes that a server sends, and what the firmware must read from them.

import { PacketType } from '../../src/packet.ts';
import type { Message, Packet } from './reading.ts';

/** One packet on the wire and in memory. */
export interface Golden {
  name: string;
  /** Two digits a byte; spaces group the fields. */
  hex: string;
  packet: Packet;
}

/** The bytes of a golden packet, one char each. */
export function bytesOf(golden: Golden): string {
  return Buffer.from(golden.hex.replaceAll(' ', ''), 'hex').toString('latin1');
}

const connack = (name: string, hex: string, sessionPresent: number, code: number): Golden => ({
  name,
  hex,
  packet: { type: PacketType.CONNACK, size: 4, sessionPresent, code },
});

const suback = (name: string, hex: string, id: number, codes: string): Golden => ({
  name,
  hex,
  packet: { type: PacketType.SUBACK, size: 4 + codes.length, id, codes },
});

/** Each kind of packet that a server may send to this client. */
export const GOLDEN: Golden[] = [
  // type and flags, remaining length, acknowledge flags, return code
  connack('CONNACK accepted, clean', '20 02 00 00', 0, 0),
  connack('CONNACK accepted, session present', '20 02 01 00', 1, 0),
  connack('CONNACK refused: protocol version', '20 02 00 01', 0, 1),
  connack('CONNACK refused: identifier', '20 02 00 02', 0, 2),
  connack('CONNACK refused: unavailable', '20 02 00 03', 0, 3),
  connack('CONNACK refused: user name or password', '20 02 00 04', 0, 4),
  connack('CONNACK refused: not authorized', '20 02 00 05', 0, 5),

  // type and flags, remaining length, packet identifier, one return code per topic filter
  suback('SUBACK of one filter', '90 03 0001 01', 1, '\x01'),
  suback('SUBACK of three filters', '90 05 abcd 00 01 02', 0xabcd, '\x00\x01\x02'),
  suback('SUBACK with a refusal', '90 04 ffff 01 80', 0xffff, '\x01\x80'),

  { name: 'PINGRESP', hex: 'd0 00', packet: { type: PacketType.PINGRESP, size: 2 } },

  // type and flags, remaining length, topic length, topic, [packet identifier,] payload
  publish('PUBLISH QoS 0', '30 07 0003 612f62 6f6e', { topic: 'a/b', payload: 'on' }),
  publish('PUBLISH QoS 0, retained', '31 07 0003 612f62 6f6e', { retain: 1, topic: 'a/b', payload: 'on' }),
  publish('PUBLISH QoS 0 without payload', '30 05 0003 612f62', { topic: 'a/b', payload: '' }),
  publish('PUBLISH QoS 1', '32 09 0003 612f62 000a 6f6e', { qos: 1, topic: 'a/b', id: 10, payload: 'on' }),
  publish('PUBLISH QoS 1 without payload', '32 07 0003 612f62 ffff', { qos: 1, topic: 'a/b', id: 0xffff, payload: '' }),
  publish('PUBLISH QoS 1 redelivered', '3a 08 0003 612f62 0100 31', {
    ...{ dup: 8, qos: 1, topic: 'a/b', id: 256, payload: '1' },
  }),
  publish('PUBLISH QoS 1 redelivered, retained', '3b 08 0003 612f62 0001 31', {
    ...{ dup: 8, qos: 1, retain: 1, topic: 'a/b', id: 1, payload: '1' },
  }),
  publish('PUBLISH in UTF-8 with every kind of byte', '30 0a 0004 d0b4c3a4 00 7f 80 ff', {
    ...{ topic: '\xd0\xb4\xc3\xa4', payload: '\x00\x7f\x80\xff' },
  }),
  publish('PUBLISH whose remaining length is padded', '30 87 80 00 0003 612f62 6f6e', { topic: 'a/b', payload: 'on' }),
];

function publish(name: string, hex: string, message: Partial<Message> & Pick<Message, 'topic' | 'payload'>): Golden {
  const size = hex.replaceAll(' ', '').length / 2;
  return { name, hex, packet: { type: PacketType.PUBLISH, size, dup: 0, qos: 0, retain: 0, id: 0, ...message } };
}
