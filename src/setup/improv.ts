// Improv Wi-Fi over serial (https://www.improv-wifi.com/serial), version 1: reads and writes its packets; pure.
import type { Bytes } from '../board.ts';

/** The first bytes of each packet, with the version. */
const HEADER = 'IMPROV\x01';
/** Header, type, length and checksum. */
const FRAME_BYTES = 10;

/** Types of packets. */
export const enum Type {
  STATE = 1,
  ERROR = 2,
  COMMAND = 3,
  RESULT = 4,
}

/** States of the board. */
export const enum State {
  READY = 2,
  PROVISIONING = 3,
  PROVISIONED = 4,
}

/** Errors. */
export const enum Fault {
  NONE = 0,
  INVALID_PACKET = 1,
  UNKNOWN_COMMAND = 2,
  UNABLE_TO_CONNECT = 3,
}

/** Commands. */
export const enum Command {
  WIFI_SETTINGS = 1,
  CURRENT_STATE = 2,
  DEVICE_INFO = 3,
  SCAN = 4,
}

function checksum(bytes: Bytes): Bytes {
  let sum = 0;
  for (let at = 0; at < bytes.length; at++) sum += bytes.charCodeAt(at);
  return String.fromCharCode(sum & 255);
}

/** Encodes a packet, on a line of its own. @param data at most 255 bytes */
export function encodePacket(type: Type, data: Bytes): Bytes {
  const bytes = HEADER + String.fromCharCode(type, data.length) + data;
  return '\n' + bytes + checksum(bytes) + '\n';
}

/** Encodes the result of a command. @param texts each at most 255 bytes, and with their lengths no more than 253 */
export function encodeResult(command: Command, texts: Bytes[]): Bytes {
  const data = texts
    .map(function (text) {
      return String.fromCharCode(text.length) + text;
    })
    .join('');
  return encodePacket(Type.RESULT, String.fromCharCode(command, data.length) + data);
}

/** Splits the texts of a command, each with its length in front; undefined when they do not end where the data ends. */
export function readTexts(data: Bytes): Bytes[] | undefined {
  const texts: Bytes[] = [];
  let at = 0;
  while (at < data.length) {
    const length = data.charCodeAt(at);
    texts.push(data.substr(at + 1, length));
    at += length + 1;
  }
  return at === data.length ? texts : undefined;
}

/** What the start of a stream is. */
export interface Decoded {
  /** Bytes that it takes. */
  size: number;
  type: Type;
  /** Undefined when the checksum is wrong. */
  data: Bytes | undefined;
}

/**
 * Decodes the packet that a stream begins with.
 * @returns undefined while it is not whole, false when it is no packet of this protocol
 */
export function decodePacket(input: Bytes): Decoded | undefined | false {
  const start = input.substr(0, HEADER.length);
  if (start !== HEADER.substr(0, start.length)) return false;
  if (input.length < FRAME_BYTES - 1) return undefined;
  const size = FRAME_BYTES + input.charCodeAt(FRAME_BYTES - 2);
  if (input.length < size) return undefined;
  const isRight = checksum(input.substr(0, size - 1)) === input[size - 1];
  return {
    size: size,
    type: input.charCodeAt(HEADER.length),
    data: isRight ? input.substr(FRAME_BYTES - 1, size - FRAME_BYTES) : undefined,
  };
}
