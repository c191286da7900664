// mqtt-packet as the independent reference for MQTT, on the firmware's byte strings (one char per byte).

import { generate, parser, type Packet } from 'mqtt-packet';

/** Encodes a packet with mqtt-packet. */
export function generated(packet: Packet): string {
  return generate(packet).toString('latin1');
}

/** Length of the first packet, header included, by its remaining length; undefined when the header is incomplete or invalid. */
export function announcedSize(bytes: string): number | undefined {
  let length = 0;
  for (let at = 1; at <= 4; at += 1) {
    if (at >= bytes.length) return undefined;
    const byte = bytes.charCodeAt(at);
    length += (byte & 127) * 128 ** (at - 1);
    if (byte < 128) return at + 1 + length;
  }
  return undefined;
}

/**
 * Parses a stream of whole packets.
 * @throws Error when it is no valid MQTT 3.1.1, or ends within a packet
 */
export function parsed(bytes: string): Packet[] {
  const packets: Packet[] = [];
  for (let at = 0, rest = bytes; rest; rest = bytes.slice(at)) {
    const size = announcedSize(rest);
    if (size === undefined || size > rest.length) throw new Error(`the stream ends within a packet, at byte ${at}`);
    packets.push(parsedOne(rest.slice(0, size)));
    at += size;
  }
  return packets;
}

function parsedOne(bytes: string): Packet {
  const packets: Packet[] = [];
  const oracle = parser({ protocolVersion: 4 });
  oracle.on('packet', (packet) => packets.push(packet));
  oracle.on('error', (error) => {
    throw error;
  });
  oracle.parse(Buffer.from(bytes, 'latin1'));
  const [packet] = packets;
  if (!packet || packets.length > 1) throw new Error(`${packets.length} packets where one was announced`);
  return packet;
}
