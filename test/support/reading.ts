// `decode` as a function that returns the packet, for golden packets, limits and fuzz.
import { decode, PacketType, PublishFlag } from '../../src/packet.ts';

/** An application message; `id` is 0 at QoS 0. */
export interface Message {
  type: PacketType.PUBLISH;
  size: number;
  /** Not 0 when the broker sends it again. */
  dup: number;
  qos: number;
  retain: number;
  topic: string;
  payload: string;
  id: number;
}

/** A decoded packet; `size` is its length in the stream, in bytes. */
export type Packet =
  | Message
  | { type: PacketType.CONNACK; size: number; sessionPresent: number; code: number }
  | { type: PacketType.SUBACK; size: number; id: number; codes: string }
  | { type: PacketType.PINGRESP; size: number };

/**
 * Reads the first packet of a stream.
 * @returns undefined when more bytes are needed
 * @throws what `decode` throws; Error when it gives no packet or several, or one without a size
 */
export function read(bytes: string): Packet | undefined {
  const packets: Packet[] = [];
  const size = decode(
    bytes,
    bytes.length,
    (flags, topic, payload, id) => {
      const qos = (flags & PublishFlag.QOS) >> 1;
      const [dup, retain] = [flags & PublishFlag.DUP, flags & PublishFlag.RETAIN];
      packets.push({ type: PacketType.PUBLISH, size: 0, dup, qos, retain, topic, payload, id: qos ? id : 0 });
    },
    (type, number, text) => packets.push(reply(type, number, text)),
  );
  const [packet] = packets;
  if (packets.length !== (size ? 1 : 0)) throw new Error(`size ${size}, and ${packets.length} packets`);
  return packet && { ...packet, size };
}

function reply(type: PacketType, number: number, text: string): Packet {
  if (type === PacketType.CONNACK) return { type, size: 0, sessionPresent: text ? 1 : 0, code: number };
  if (type === PacketType.SUBACK) return { type, size: 0, id: number, codes: text };
  if (type === PacketType.PINGRESP) return { type, size: 0 };
  throw new Error(`type ${type}`);
}
