// True randomness on a chip whose Math.random is the same on every board at every boot.
import { createRegister } from './register.ts';
import type { Board } from './board.ts';

/** RNG_DATA_REG, by Espressif's technical reference manuals. */
const ESP32_RNG = 0x3ff75144;
const ESP32C3_RNG = 0x600260b0;
const ESP32S3_RNG = 0x6003507c;

/**
 * A source of random 32-bit words (signed). The register is truly random only while the radio is on (Espressif's manual), so
 * each word also mixes in the serial number and the clock. On a board that we do not know these two are all there is.
 */
export function createRandomWord(board: Pick<Board, 'serial' | 'kind' | 'getTime' | 'peek32'>): () => number {
  const register = createRegister(board.kind, ESP32_RNG, ESP32C3_RNG, ESP32S3_RNG);
  let mixed = 5381;

  return function () {
    const salt = board.serial + board.getTime();
    for (let i = 0; i < salt.length; i++) mixed = ((mixed << 5) + mixed) ^ salt.charCodeAt(i);
    return mixed ^ (register ? board.peek32(register) : 0);
  };
}
