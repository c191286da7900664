// Sends the console to the broker, line by line, for ten minutes.
import { field, packet } from '../packet.ts';
import type { Board } from '../board.ts';
import type { Parts } from './parts.ts';

/** Beats of 5 s. */
const LENGTH_BEATS = 120;

/** @returns called every 5 s; false when it has ended */
export function startLogStream(board: Board, parts: Parts): () => boolean {
  const plain = board.log;
  const end = parts.health.beats + LENGTH_BEATS;
  board.log = function (line) {
    plain(line);
    parts.mqtt.publish('', packet(0x30, field(parts.topic + '/log') + line)); // not retained, QoS 0
  };
  return function () {
    if (parts.health.beats < end) return true;
    board.log = plain;
    return false;
  };
}
