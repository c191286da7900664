// Records what a board sends and receives, and checks every byte with mqtt-packet.

import assert from 'node:assert/strict';
import type { Packet } from 'mqtt-packet';
import type { Direction } from '../../sim/network/faults.ts';
import { announcedSize, parsed } from '../support/oracle.ts';

/** One connection as the board's end saw it. */
interface Transcript {
  sent: string;
  received: string;
  /** Number of bytes that the board had sent when it received its first byte. */
  sentUnanswered: number | undefined;
}

/** Cuts off a packet that the end of the connection left unfinished. */
function wholePackets(bytes: string): string {
  let end = 0;
  for (let size = announcedSize(bytes); size !== undefined; size = announcedSize(bytes.slice(end))) {
    if (end + size > bytes.length) break;
    end += size;
  }
  return bytes.slice(0, end);
}

function checkConnection({ sent, sentUnanswered }: Transcript): void {
  const [first, ...rest] = parsed(wholePackets(sent));
  const unanswered = parsed(wholePackets(sentUnanswered === undefined ? sent : sent.slice(0, sentUnanswered)));
  if (!first) return;
  assert.equal(first.cmd, 'connect', 'a connection begins with CONNECT [MQTT-3.1.0-1]');
  assert.ok(!rest.some(({ cmd }) => cmd === 'connect'), 'one CONNECT a connection [MQTT-3.1.0-2]');
  assert.ok(unanswered.length <= 1, `${unanswered[1]?.cmd} was sent before CONNACK came`);
}

/** Creates an empty record of one board's connections. */
export function createWire() {
  const connections: Transcript[] = [];

  return {
    /** Pass this to the proxy as `onBytes`. */
    record(connection: number, direction: Direction, bytes: string): void {
      const transcript = (connections[connection] ??= { sent: '', received: '', sentUnanswered: undefined });
      if (direction === 'fromBoard') transcript.sent += bytes;
      else transcript.sentUnanswered ??= transcript.sent.length;
      if (direction === 'toBoard') transcript.received += bytes;
    },
    /** The packets that the board has sent on its newest connection. */
    sent: (): Packet[] => parsed(wholePackets(connections.at(-1)?.sent ?? '')),
    /**
     * Checks that every byte was valid MQTT 3.1.1, each connection began with CONNECT, and nothing followed before CONNACK.
     * @throws AssertionError, or the oracle's error
     */
    check: (): void => connections.forEach(checkConnection),
  };
}

/** The record of one board's connections. */
export type Wire = ReturnType<typeof createWire>;
