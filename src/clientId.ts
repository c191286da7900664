// The random per-device client identifier: made once, kept in Storage together with the serial number of its chip.
import type { Board } from './ports.ts';
import type { Write } from './store.ts';

const FILE = 'light.id';

/** Any server must accept 1-23 bytes of these [MQTT-3.1.3-5]; 23 of 62 are 136 bits. */
const LENGTH = 23;
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** The identifier that is kept for this chip; empty where there is none, or what a power cut has left of one. */
function keptId(text: string, serial: string): string {
  const parts = text.split(' ');
  const id = parts[1] || '';
  const isWhole =
    id.length === LENGTH &&
    id.split('').every(function (char) {
      return ALPHABET.indexOf(char) >= 0;
    });
  return isWhole && parts[0] === serial ? id : '';
}

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
    if (!id) id = keptId(board.storage.read(FILE) || '', board.serial);
    if (id && !renew) return id;
    id = '';
    while (id.length < LENGTH) {
      const word = randomWord() >>> 0;
      id = id + ALPHABET[word % 62]!;
    }
    const text = board.serial + ' ' + id;
    write(FILE, text, 0, text.length); // on a full flash it is good until the next boot
    return id;
  };
}
