// The CONNECT of a trial.
import { field, packet } from '../packet.ts';
import type { Bytes } from '../board.ts';

const KEEP_ALIVE_S = 30;

/**
 * CONNECT with clean session true, no will, and an identifier that is not the light's: nothing of it stays on the broker.
 * @param serial the board's, `aabbccdd-eeff`
 */
export function encodeTrialConnect(serial: string, username?: Bytes, password?: Bytes): Bytes {
  const login = username ? field(username) + (password ? field(password) : '') : '';
  const flags = 2 + (username ? 0x80 + (password ? 0x40 : 0) : 0);
  const head = field('MQTT') + String.fromCharCode(4, flags, 0, KEEP_ALIVE_S);
  return packet(0x10, head + field('setup' + serial.split('-').join('')) + login);
}
