// The random per-device client identifier: made once, kept in Storage together with the serial number of its chip.
import type { Board } from './ports.ts';

const enum ClientId {
  FILE = 'light.id',
  /** Any server must accept 1-23 bytes of these [MQTT-3.1.3-5]; 23 of 62 are 136 bits. */
  LENGTH = 23,
  ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
}

/**
 * The identifier of this device, kept over reconnects and reboots. It is made when it is first asked for, and when there is
 * only another chip's: what came with a copied flash image is not ours.
 * @param randomWord random 32-bit words; first drawn when the identifier is, with the radio on
 * @returns the identifier, 23 chars; with `renew` a new one
 */
export function createClientId(
  board: Pick<Board, 'serial' | 'storage'>,
  randomWord: () => number,
): (renew: boolean) => string {
  let id = '';

  /** What a power cut left of a half-written file is no identifier either. */
  function kept(): string {
    const parts = (board.storage.read(ClientId.FILE) || '').split(' ');
    const found = parts[1] || '';
    const isWhole =
      found.length === ClientId.LENGTH &&
      found.split('').every(function (char) {
        return ClientId.ALPHABET.indexOf(char) >= 0;
      });
    return isWhole && parts[0] === board.serial ? found : '';
  }

  function make(): string {
    let made = '';
    while (made.length < ClientId.LENGTH) made = made + ClientId.ALPHABET[(randomWord() >>> 0) % 62]!;
    try {
      board.storage.write(ClientId.FILE, board.serial + ' ' + made);
    } catch {
      // a full flash: it is good until the next boot
    }
    return made;
  }

  return function (renew) {
    if (renew || !id) id = (!renew && kept()) || make();
    return id;
  };
}
