// The chips that Espruino has builds for, and where their parts lie in flash.

/** A chip that can run the interpreter. */
export interface Chip {
  /** The name that esptool and ESP Web Tools use. */
  name: string;
  /** In the header of each of its images (`esp_chip_id_t` of ESP-IDF). */
  imageId: number;
  /** Where the chip looks for the second boot loader. */
  bootLoaderAddress: number;
}

/** From README_flash.txt, README_flash_C3.txt and README_flash_S3.txt in Espruino's targets/esp32. */
export const CHIPS: Chip[] = [
  { name: 'ESP32', imageId: 0, bootLoaderAddress: 0x1000 },
  { name: 'ESP32-C3', imageId: 5, bootLoaderAddress: 0x0 },
  { name: 'ESP32-S3', imageId: 9, bootLoaderAddress: 0x0 },
];

/** Where all of them look for the partition table. */
export const TABLE_ADDRESS = 0x8000;

/** A partition table takes one page of flash. */
export const PAGE_BYTES = 0x1000;
