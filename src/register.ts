// Registers of the chips that Espruino runs on.

/**
 * Finds the address of a register; named as what is let go of after boot.
 * @param kind of the board, such as ESP32C3_IDF4
 * @returns 0 on a board that we do not know, where a wild peek would crash the chip
 */
export function createRegister(kind: string, esp32: number, esp32C3: number, esp32S3: number): number {
  const chip = ['ESP32', 'ESP32C3', 'ESP32S3'].indexOf(kind.split('_')[0]!);
  return [esp32, esp32C3, esp32S3][chip] || 0;
}
