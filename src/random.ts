// True randomness on a chip whose Math.random is the same on every board at every boot.
import type { Board } from './board.ts';

/** RNG_DATA_REG, by Espressif's technical reference manuals. */
const ESP32_RNG = 0x3ff75144;
const ESP32C3_RNG = 0x600260b0;
const ESP32S3_RNG = 0x6003507c;

/**
 * A source of random 32-bit words (signed). The register is truly random only while the radio is on (Espressif's manual), so
 * each word also mixes in the serial number and the clock. On a board that we do not know, where a wild peek would crash the
 * chip, these two are all there is.
 */
export function createRandomWord(board: Pick<Board, 'serial' | 'kind' | 'getTime' | 'peek32'>): () => number {
  const kind = board.kind.split('_')[0]!; // such as ESP32C3_IDF4
  let register = 0;
  if (kind === 'ESP32') register = ESP32_RNG;
  if (kind === 'ESP32C3') register = ESP32C3_RNG;
  if (kind === 'ESP32S3') register = ESP32S3_RNG;
  let mixed = 5381;

  return function () {
    const salt = board.serial + board.getTime();
    for (let i = 0; i < salt.length; i++) mixed = ((mixed << 5) + mixed) ^ salt.charCodeAt(i);
    return mixed ^ (register ? board.peek32(register) : 0);
  };
}
