// A scripted broker that grants everything, for measurements in which nothing but the light may take time.

import { packets, type RoguePeer } from '../sim/broker/rogue.ts';

const CONNECT = 1;
const SUBSCRIBE = 8;
const PINGREQ = 12;

const typeOf = (packet: string): number => packet.charCodeAt(0) >> 4;
const word = (bytes: string, at: number): number => (bytes.charCodeAt(at) << 8) | bytes.charCodeAt(at + 1);

/** Where the variable header begins, behind a remaining length of 1 to 4 bytes. */
function headerAt(packet: string): number {
  let at = 1;
  while (packet.charCodeAt(at) & 0x80) at += 1;
  return at + 1;
}

/** SUBACK with QoS 1 for each filter of a SUBSCRIBE. */
function suback(packet: string): string {
  const start = headerAt(packet);
  const granted: number[] = [];
  for (let at = start + 2; at < packet.length; at += 2 + word(packet, at) + 1) granted.push(1);
  return packets.suback(word(packet, start), ...granted);
}

/** Whether a packet is SUBSCRIBE. */
const isSubscribe = (packet: string): boolean => typeOf(packet) === SUBSCRIBE;

/** What a broker answers to a packet; '' for nothing. */
export function answerTo(packet: string): string {
  if (typeOf(packet) === CONNECT) return packets.connack();
  if (isSubscribe(packet)) return suback(packet);
  return typeOf(packet) === PINGREQ ? packets.pingresp() : '';
}

/**
 * Serves a connection until it ends.
 * @param onPing decides what a PINGREQ gets: true for the usual answer
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
    if (isSubscribe(packet)) onSubscribe();
  }
}
