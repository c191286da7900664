// MQTT 3.1.1 control packets: bytes to objects and back, pure. Clauses are those of the OASIS standard, MQTT Version 3.1.1.

/** Bytes as Espruino's sockets carry them: one char 0-255 per byte. */
type Bytes = string;

/** Control packet types that a server may send to this client [MQTT-2.2.1]. */
export const enum PacketType {
  CONNACK = 2,
  PUBLISH = 3,
  SUBACK = 9,
  PINGRESP = 13,
}

/** The packets without a body. */
export const enum Fixed {
  PINGREQ = '\xC0\0',
  DISCONNECT = '\xE0\0',
}

/** What of a packet is kept, so that nothing a peer sends can fill the chip. */
export const enum Limit {
  /** Of a PUBLISH payload; the rest is read past. */
  PAYLOAD_BYTES = 1024,
  /** A topic of ours is far shorter (settings allow 128 bytes). */
  TOPIC_BYTES = 256,
  /** Topic length, topic, packet identifier, payload. */
  BODY_BYTES = 1284,
  /** Two, and one for each topic filter. */
  SUBACK_BYTES = 64,
}

interface Sized {
  /** Bytes of the whole packet. */
  size: number;
}

/** Reply to CONNECT (clause 3.2). */
export interface Connack extends Sized {
  type: PacketType.CONNACK;
  sessionPresent: number;
  /** 0 accepted, 1-5 refused. */
  code: number;
}

/** An application message (clause 3.3). */
export interface Publish extends Sized {
  type: PacketType.PUBLISH;
  dup: number;
  qos: number;
  retain: number;
  topic: Bytes;
  /** Packet identifier, 1-65535; 0 at QoS 0. */
  id: number;
  /** At most `Limit.PAYLOAD_BYTES`. */
  payload: Bytes;
}

/** Reply to SUBSCRIBE (clause 3.9). */
export interface Suback extends Sized {
  type: PacketType.SUBACK;
  id: number;
  /** One char per topic filter: the granted QoS, or 0x80 for a refusal. */
  codes: Bytes;
}

/** Reply to PINGREQ (clause 3.13). */
export interface Pingresp extends Sized {
  type: PacketType.PINGRESP;
}

export type Packet = Connack | Publish | Suback | Pingresp;

/** Who we are to a broker (clause 3.1). */
export interface Login {
  keepAliveS: number;
  username?: Bytes | undefined;
  /** Never sent without a user name [MQTT-3.1.2-22]. */
  password?: Bytes | undefined;
}

/** The message that the broker publishes, retained and at QoS 1, when the link is lost. */
export interface Will {
  topic: Bytes;
  payload: Bytes;
}

const char = String.fromCharCode;

/** A 16-bit integer, most significant byte first (clause 1.5.2). */
function uint16(value: number): Bytes {
  return char(value >> 8, value & 255);
}

/** A length-prefixed string (clause 1.5.3). */
function field(text: Bytes): Bytes {
  return uint16(text.length) + text;
}

/** Adds the fixed header: first byte and remaining length (clause 2.2). */
function packet(first: number, body: Bytes): Bytes {
  let header = char(first);
  let rest = body.length;
  while (rest > 127) {
    header = header + char((rest & 127) | 128);
    rest >>= 7;
  }
  return header + char(rest) + body;
}

/** CONNECT with clean session false, so that QoS 1 commands wait for a node that is away. */
export function encodeConnect(clientId: Bytes, login: Login, will: Will): Bytes {
  let flags = 0x2c; // will retain, will QoS 1, will
  let payload = field(clientId) + field(will.topic) + field(will.payload);
  if (login.username) {
    flags |= 0x80;
    payload = payload + field(login.username);
    if (login.password) {
      flags |= 0x40;
      payload = payload + field(login.password);
    }
  }
  return packet(0x10, field('MQTT') + char(4, flags) + uint16(login.keepAliveS) + payload);
}

/**
 * SUBSCRIBE, at QoS 1 but for the status topic.
 * @param id packet identifier, 1-65535 [MQTT-2.3.1-1]
 * @param statusTopic asked for at QoS 0: a queued `offline` would be old news
 */
export function encodeSubscribe(id: number, topics: Bytes[], statusTopic: Bytes): Bytes {
  let body = uint16(id) + field(statusTopic) + char(0);
  topics.forEach(function (topic) {
    body = body + field(topic) + char(1);
  });
  return packet(0x82, body);
}

/** A retained message at QoS 0. */
export function encodePublish(topic: Bytes, payload: Bytes): Bytes {
  return packet(0x31, field(topic) + payload);
}

/** @param id packet identifier of the PUBLISH that is acknowledged */
export function encodePuback(id: number): Bytes {
  return packet(0x40, uint16(id));
}

function uint16At(bytes: Bytes, at: number): number {
  return (bytes.charCodeAt(at) << 8) | bytes.charCodeAt(at + 1);
}

function readPublish(bytes: Bytes, at: number, length: number): Publish | undefined {
  if (bytes.length < at + Math.min(length, Limit.BODY_BYTES)) return undefined;
  const first = bytes.charCodeAt(0);
  const qos = (first >> 1) & 3;
  const end = at + length;
  const idAt = at + 2 + uint16At(bytes, at);
  const payloadAt = qos ? idAt + 2 : idAt;
  if (qos > 2) throw new Error('QoS 3 [MQTT-3.3.1-4]');
  if (payloadAt > end) throw new Error('topic longer than its packet [MQTT-3.3.2-1]');
  if (idAt === at + 2) throw new Error('empty topic [MQTT-4.7.3-1]');
  if (idAt - at - 2 > Limit.TOPIC_BYTES) throw new Error('topic that was never subscribed to [MQTT-3.3.2-3]');
  const id = qos ? uint16At(bytes, idAt) : 0;
  if (qos && !id) throw new Error('packet identifier 0 [MQTT-2.3.1-1]');
  return {
    type: PacketType.PUBLISH,
    size: end,
    dup: first & 8,
    qos: qos,
    retain: first & 1,
    topic: bytes.substring(at + 2, idAt),
    id: id,
    payload: bytes.substr(payloadAt, Math.min(end - payloadAt, Limit.PAYLOAD_BYTES)),
  };
}

function readAck(bytes: Bytes, at: number, length: number): Packet | undefined {
  const first = bytes.charCodeAt(0);
  const end = at + length;
  const isConnack = first === 0x20 && length === 2;
  const isSuback = first === 0x90 && length > 2 && length <= Limit.SUBACK_BYTES;
  if (!isConnack && !isSuback && (first !== 0xd0 || length)) {
    throw new Error('unexpected packet 0x' + first.toString(16) + ' [MQTT-4.8.0-1]');
  }
  if (bytes.length < end) return undefined;
  if (isConnack) {
    const flags = bytes.charCodeAt(at);
    return { type: PacketType.CONNACK, size: end, sessionPresent: flags & 1, code: bytes.charCodeAt(at + 1) };
  }
  if (!isSuback) return { type: PacketType.PINGRESP, size: end };
  return { type: PacketType.SUBACK, size: end, id: uint16At(bytes, at), codes: bytes.substring(at + 2, end) };
}

/**
 * Takes the first packet off a byte stream that is split and merged anywhere.
 * @param bytes the stream, from the start of a packet on
 * @returns the packet, whose `size` says how much of the stream it takes up: for a long PUBLISH more than is there yet;
 * undefined when more bytes are needed, which is never with `Limit.BODY_BYTES` and a header at hand
 * @throws Error that names the clause, on what MQTT 3.1.1 forbids; the stream is lost then
 */
export function decode(bytes: Bytes): Packet | undefined {
  let length = 0;
  let at = 1;
  for (let byte = 128; byte > 127; at++) {
    if (at > 4) throw new Error('malformed remaining length [MQTT-2.2.3]');
    if (at >= bytes.length) return undefined;
    byte = bytes.charCodeAt(at);
    length |= (byte & 127) << (7 * at - 7);
  }
  const isPublish = bytes.charCodeAt(0) >> 4 === PacketType.PUBLISH;
  if (isPublish) return readPublish(bytes, at, length);
  return readAck(bytes, at, length);
}
