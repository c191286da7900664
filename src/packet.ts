// Encodes and decodes MQTT 3.1.1 control packets; pure. Clauses are those of the OASIS standard, MQTT Version 3.1.1.

/** Bytes as Espruino's sockets carry them: one char 0-255 per byte. */
type Bytes = string;

/** Control packet types that a server may send to this client [MQTT-2.2.1]. */
export const enum PacketType {
  CONNACK = 2,
  PUBLISH = 3,
  /** UNSUBACK, too. */
  SUBACK = 9,
  PINGRESP = 13,
}

/** Flags in the first byte of a PUBLISH (clause 3.3.1). */
export const enum PublishFlag {
  /** The whole byte of a live PUBLISH that is sent for the first time. */
  QOS_0 = 0x30,
  QOS_1 = 0x32,
  RETAIN = 1,
  /** Both bits of the QoS; only QoS 0 and 1 are granted. */
  QOS = 6,
  DUP = 8,
}

/** The packets without a body. */
export const PINGREQ = '\xC0\0';
export const DISCONNECT = '\xE0\0';

/** Bytes of a PUBLISH payload that are kept, so that no peer can fill the chip; the rest is skipped. */
export const PAYLOAD_BYTES = 1024;

/** Settings allow 128; the high byte of a longer one's length would not be zero. */
export const TOPIC_BYTES = 255;

/** Topic length, topic, packet identifier, payload: what is kept of a PUBLISH. */
export const BODY_BYTES = 2 + TOPIC_BYTES + 2 + PAYLOAD_BYTES;

/** Two, and one for each topic filter. */
export const SUBACK_BYTES = 64;

/** Called with the fields of an application message (clause 3.3): `id` is 0 at QoS 0, `payload` is at most PAYLOAD_BYTES. */
export type OnPublish = (flags: number, topic: Bytes, payload: Bytes, id: number) => void;

/**
 * Called with the fields of any other packet. CONNACK: `number` is the return code (0 accepted), `text` not empty when the
 * session was kept. SUBACK: the packet identifier, and one char per topic filter (granted QoS, or 0x80 for a refusal); UNSUBACK is
 * given as a SUBACK without chars.
 */
export type OnReply = (type: PacketType, number: number, text: Bytes) => void;

/** Fields of CONNECT (clause 3.1). */
export interface Login {
  keepAliveS: number;
  username?: Bytes | undefined;
  /** Never sent without a user name [MQTT-3.1.2-22]. */
  password?: Bytes | undefined;
}

const char = String.fromCharCode;

/** A 16-bit integer, most significant byte first (clause 1.5.2). */
export function uint16(value: number): Bytes {
  return char(value >> 8, value & 255);
}

/** A length-prefixed string (clause 1.5.3). */
export function field(text: Bytes): Bytes {
  return uint16(text.length) + text;
}

/** Adds the fixed header: first byte and remaining length (clause 2.2). */
export function packet(first: number, body: Bytes): Bytes {
  let header = char(first);
  let rest = body.length;
  while (rest > 127) {
    header = header + char((rest & 127) | 128);
    rest >>= 7;
  }
  return header + char(rest) + body;
}

/**
 * CONNECT with clean session false, so that QoS 1 commands wait for a node that is away.
 * @param willPayload what the broker publishes on `willTopic`, retained and at QoS 1, when the link is lost
 */
export function encodeConnect(clientId: Bytes, login: Login, willTopic: Bytes, willPayload: Bytes): Bytes {
  let flags = 0x2c; // will retain, will QoS 1, will
  let payload = field(clientId) + field(willTopic) + field(willPayload);
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
 * @param statusTopic subscribed to at QoS 0: a queued `offline` would be out of date
 */
export function encodeSubscribe(id: number, topics: Bytes[], statusTopic: Bytes): Bytes {
  let body = uint16(id) + field(statusTopic) + char(0);
  topics.forEach(function (topic) {
    body = body + field(topic) + char(1);
  });
  return packet(0x82, body);
}

/** A retained message at QoS 0; the topic has at most 255 bytes. */
export function encodePublish(topic: Bytes, payload: Bytes): Bytes {
  const rest = topic + payload;
  const length = rest.length + 2;
  // the state of every command: one expression
  return length < 128 ? char(0x31, length, 0, topic.length) + rest : packet(0x31, field(topic) + payload);
}

/** @param id packet identifier of the PUBLISH that is acknowledged */
export function encodePuback(id: number): Bytes {
  return char(0x40, 2, id >> 8, id & 255);
}

function uint16At(bytes: Bytes, at: number): number {
  return (bytes.charCodeAt(at) << 8) | bytes.charCodeAt(at + 1);
}

function decodeReply(bytes: Bytes, at: number, length: number, onReply: OnReply): number {
  const first = bytes.charCodeAt(0);
  const end = at + length;
  const isConnack = first === 0x20 && length === 2;
  const isSuback = (first === 0x90 && length > 2 && length <= SUBACK_BYTES) || (first === 0xb0 && length === 2);
  if (!isConnack && !isSuback && (first !== 0xd0 || length)) {
    throw new Error('unexpected packet 0x' + first.toString(16) + ' [MQTT-4.8.0-1]');
  }
  if (bytes.length < end) return 0;
  if (isConnack) onReply(PacketType.CONNACK, bytes.charCodeAt(at + 1), bytes.charCodeAt(at) & 1 ? 'kept' : '');
  else if (isSuback) onReply(PacketType.SUBACK, uint16At(bytes, at), bytes.substring(at + 2, end));
  else onReply(PacketType.PINGRESP, 0, '');
  return end;
}

/** Decodes a PUBLISH whose body begins at `at` and ends at `end`; all that is kept of it has arrived. */
function decodePublish(bytes: Bytes, at: number, end: number, onPublish: OnPublish): void {
  const flags = bytes.charCodeAt(0);
  const qos = (flags & PublishFlag.QOS) >> 1;
  const topicEnd = at + 2 + bytes.charCodeAt(at + 1);
  const start = qos ? topicEnd + 2 : topicEnd;
  const id = qos && uint16At(bytes, topicEnd);
  let wrong = '';
  if (qos && !id) wrong = 'packet identifier 0 [MQTT-2.3.1-1]';
  if (topicEnd === at + 2) wrong = 'empty topic [MQTT-4.7.3-1]';
  if (bytes[at] !== '\0') wrong = 'topic that was never subscribed to [MQTT-3.3.2-3]';
  if (!(start <= end)) wrong = 'topic longer than its packet [MQTT-3.3.2-1]';
  if (qos === 3) wrong = 'QoS 3 [MQTT-3.3.1-4]';
  if (qos === 2) wrong = 'QoS 2 PUBLISH, though QoS 1 was granted [MQTT-3.8.4-6]';
  if (wrong) throw new Error(wrong);
  onPublish(flags, bytes.substring(at + 2, topicEnd), bytes.substring(start, end).substr(0, PAYLOAD_BYTES), id);
}

/** Decodes everything but short commands. */
function decodeOther(bytes: Bytes, available: number, onPublish: OnPublish, onReply: OnReply): number {
  let length = 0;
  let at = 2;
  while (bytes.charCodeAt(at - 1) > 127) {
    if (at > 4) throw new Error('malformed remaining length [MQTT-2.2.3]');
    at++;
  }
  if (at > available) return 0;
  // seven bits a byte, the lowest first
  for (let i = at - 1; i; i--) length = (length << 7) | (bytes.charCodeAt(i) & 127);
  if (bytes.charCodeAt(0) >> 4 !== PacketType.PUBLISH) return decodeReply(bytes, at, length, onReply);
  const end = at + length;
  if (available < end && available < at + BODY_BYTES) return 0;
  decodePublish(bytes, at, end, onPublish);
  return end;
}

/**
 * Reads the first packet of a byte stream that is split and merged anywhere, and hands its fields over.
 * @param bytes the stream, from the start of a packet on
 * @param available its length (asking for `length` is slow on the chip)
 * @returns how much of the stream the packet takes up: for a long PUBLISH more than is there yet. 0 when more bytes are
 * needed, which is never with BODY_BYTES and a header at hand
 * @throws Error that names the clause, on what MQTT 3.1.1 forbids; the stream is lost then
 */
export function decode(bytes: Bytes, available: number, onPublish: OnPublish, onReply: OnReply): number {
  const flags = bytes.charCodeAt(0);
  const end = bytes.charCodeAt(1) + 2;
  const topicEnd = bytes.charCodeAt(3) + 4;
  const start = flags & 2 ? topicEnd + 2 : topicEnd;
  const id = flags & 2 && uint16At(bytes, topicEnd);
  // short commands, new and not retained, take the fast path
  if (
    (flags | 2) !== 0x32 ||
    end > 129 ||
    end > available ||
    !(start <= end) ||
    topicEnd < 5 ||
    (flags & 2 && !id) ||
    bytes[2] !== '\0'
  ) {
    return /* @__NOINLINE__ */ decodeOther(bytes, available, onPublish, onReply);
  }
  onPublish(flags, bytes.substring(4, topicEnd), bytes.substring(start, end), id);
  return end;
}
