// A scripted broker that accepts everything at once, for measurements of the light alone.

import { packets, type RoguePeer } from '../sim/broker/rogue.ts';

const CONNECT = 1;
const SUBSCRIBE = 8;
const PINGREQ = 12;

const typeOf = (packet: string): number => packet.charCodeAt(0) >> 4;
const word = (bytes: string, at: number): number => (bytes.charCodeAt(at) << 8) | bytes.charCodeAt(at + 1);

/** Finds the variable header, after a remaining length of 1 to 4 bytes. */
function headerAt(packet: string): number {
  let at = 1;
  while (packet.charCodeAt(at) & 0x80) at += 1;
  return at + 1;
}

/** Builds SUBACK with QoS 1 for each filter of a SUBSCRIBE. */
function suback(packet: string): string {
  const start = headerAt(packet);
  const granted: number[] = [];
  for (let at = start + 2; at < packet.length; at += 2 + word(packet, at) + 1) granted.push(1);
  return packets.suback(word(packet, start), ...granted);
}

/** Builds the answer to a packet; '' for none. */
export function answerTo(packet: string): string {
  if (typeOf(packet) === CONNECT) return packets.connack();
  if (typeOf(packet) === SUBSCRIBE) return suback(packet);
  return typeOf(packet) === PINGREQ ? packets.pingresp() : '';
}

/**
 * Serves a connection until it ends.
 * @param onPing whether to answer a PINGREQ
 */
export async function serve(
  peer: RoguePeer,
  onPing: () => boolean = () => true,
  onSubscribe = (): void => {},
): Promise<void> {
  for (let packet = await peer.packet(); packet !== undefined; packet = await peer.packet()) {
    if (typeOf(packet) === PINGREQ && !onPing()) continue;
    const answer = answerTo(packet);
    if (answer) peer.send(answer);
    if (typeOf(packet) === SUBSCRIBE) onSubscribe();
  }
}
