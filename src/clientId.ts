// The random per-device client identifier: made once, kept in Storage together with the serial number of its chip.
import type { Board } from './board.ts';
import type { Write } from './store.ts';

/** Any server must accept 1-23 bytes of 62 letters and digits [MQTT-3.1.3-5]: 136 bits. */
const LENGTH = 23;

/**
 * The identifier of this device, kept over reconnects and reboots. It is made when it is first asked for, and when there is
 * only another chip's: what came with a copied flash image is not ours.
 * @param randomWord random 32-bit words; first drawn when the identifier is, with the radio on
 * @returns the identifier, 23 chars; with `renew` a new one
 */
export function createClientId(
  board: Pick<Board, 'serial' | 'storage'>,
  write: Write,
  randomWord: () => number,
): (renew: boolean) => string {
  let id = '';

  return function (renew) {
    const file = 'light.id';
    if (id && !renew) return id;
    const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
    const kept = renew ? [] : (board.storage.read(file) || '').split(' ');
    id = kept[1] || '';
    const isWhole = id.split('').every(function (char) {
      return alphabet.indexOf(char) >= 0;
    });
    if (isWhole && id.length === LENGTH && kept[0] === board.serial) return id;
    id = ''; // there is none, or another chip's, or what a power cut has left of one
    while (id.length < LENGTH) {
      const word = randomWord() >>> 0;
      id = id + alphabet[word % 62]!;
    }
    const text = board.serial + ' ' + id;
    write(file, text, 0, text.length); // on a full flash it is good until the next boot
    return id;
  };
}
