// The boot loader in the chip's ROM, by Espressif's esptool-js: connects, tells the chip, writes and verifies its flash.

import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { ESPLoader } from 'esptool-js';
import { failure } from '../exits.ts';
import type { Limits } from '../limits.ts';
import type { FlashPart } from './interpreters.ts';
import type { openPort } from '../serialWire.ts';
import { meaningOf } from './meanings.ts';
import { QuietTransport, TightReset } from './transport.ts';
import { createWebSerialPort, type WebSerialPort } from './webSerialPort.ts';

/** How to talk to the chip. */
export interface Way {
  /** Load Espressif's helper program into the chip's memory; without it everything is slower. */
  withStub: boolean;
  baud: number;
}

/** The speed at which the ROM begins. */
export const ROM_BAUD = 115_200;

/** An open connection to a chip's boot loader. */
export interface BootLoader {
  /** The chip's name, such as ESP32-C3. */
  chip: string;
  /**
   * Makes its flash ready; tells its size.
   * @throws Failure wrongBoard when no flash answers
   */
  prepare(): Promise<number>;
  /**
   * Writes bytes, and compares their MD5 with that of the flash.
   * @throws Failure lostInTransfer or verificationFailed
   */
  write(part: FlashPart, onProgress: (done: number, all: number) => void): Promise<void>;
  /** Starts the program in flash. */
  restart(): Promise<void>;
}

/** `SPI_SET_PARAMS`, which esptool-js does not know: the ROM must be told the size of the flash. */
const SET_FLASH_PARAMETERS = 0x0b;
const FLASH_BLOCK_BYTES = 0x1_0000;
const FLASH_SECTOR_BYTES = 0x1000;
const FLASH_PAGE_BYTES = 0x100;
const FLASH_STATUS_MASK = 0xffff;

/** The chip changes its speed a little later than this computer; what arrives meanwhile is noise. */
const BAUD_MS = 50;

/** The flash chip's answer when there is none. */
const NO_FLASH = [0, 0xff_ffff];

const MEGABYTE = 1024 * 1024;

const words = (...values: number[]): Uint8Array => new Uint8Array(Uint32Array.from(values).buffer);

/** Tells the ROM, which has no helper program, about its flash. */
async function attachFlash(loader: ESPLoader): Promise<void> {
  await loader.checkCommand('configure SPI flash pins', loader.ESP_SPI_ATTACH, words(0, 0));
  loader.FLASH_WRITE_SIZE = loader.chip.FLASH_WRITE_SIZE;
}

function setFlashSize(loader: ESPLoader, bytes: number): Promise<unknown> {
  const shape = words(0, bytes, FLASH_BLOCK_BYTES, FLASH_SECTOR_BYTES, FLASH_PAGE_BYTES, FLASH_STATUS_MASK);
  return loader.checkCommand('set the size of the flash', SET_FLASH_PARAMETERS, shape);
}

/** Whether the helper program of an earlier try runs: esptool-js sees it, and forgets to note it. */
const stubRuns = (loader: ESPLoader): boolean => Reflect.get(loader, 'syncStubDetected') === true;

async function changeBaud(loader: ESPLoader, port: WebSerialPort, baud: number): Promise<void> {
  if (baud === ROM_BAUD) return;
  await loader.command(loader.ESP_CHANGE_BAUDRATE, words(baud, loader.IS_STUB ? ROM_BAUD : 0));
  await port.setBaudRate(baud);
  await sleep(BAUD_MS);
  loader.transport.flushInput();
}

/** Reads the size of the flash from the flash chip itself. */
async function flashSize(loader: ESPLoader): Promise<number> {
  const id = (await loader.readFlashId()) & 0xff_ffff;
  if (NO_FLASH.includes(id))
    throw failure('wrongBoard', 'the flash chip does not answer: take things off the pins, press EN and run it again');
  const megabytes = /^(\d+)MB$/.exec(await loader.detectFlashSize())?.[1];
  return Number(megabytes ?? 0) * MEGABYTE;
}

async function prepare(loader: ESPLoader, port: WebSerialPort, { withStub, baud }: Way): Promise<number> {
  await loader.chip.postConnect?.(loader);
  if (stubRuns(loader)) loader.IS_STUB = true;
  else if (withStub) await loader.runStub();
  else await attachFlash(loader);
  await changeBaud(loader, port, baud);
  const flashBytes = await flashSize(loader);
  if (!loader.IS_STUB) await setFlashSize(loader, flashBytes);
  return flashBytes;
}

/** The ROM sends an MD5 in hex digits, and esptool-js turns them into hex digits again. */
function md5(data: Uint8Array, isStub: boolean): string {
  const sum = createHash('md5').update(data).digest('hex');
  return isStub ? sum : Buffer.from(sum, 'latin1').toString('hex');
}

async function writePart(
  loader: ESPLoader,
  { address, bytes }: FlashPart,
  onProgress: (done: number, all: number) => void,
) {
  await loader.writeFlash({
    fileArray: [{ data: bytes, address }],
    ...{ flashSize: 'keep', flashMode: 'keep', flashFreq: 'keep' },
    ...{ eraseAll: false, compress: true },
    reportProgress: (_, done, all) => onProgress(done, all),
    calculateMD5Hash: (data) => md5(data, loader.IS_STUB),
  });
}

/** Restarts by command, for boards whose reset line is not wired, and by the line. */
async function restart(loader: ESPLoader, port: WebSerialPort): Promise<void> {
  const byCommand = async () => {
    await loader.flashBegin(0, 0);
    await loader.flashFinish(true);
  };
  await byCommand().catch(() => {});
  await port.reset();
}

async function connect(port: WebSerialPort, way: Way, limits: Limits): Promise<BootLoader> {
  const silence = () => {};
  const loader = new ESPLoader({
    transport: new QuietTransport(port, limits.loaderMs),
    baudrate: way.baud,
    resetConstructors: { classicReset: (transport, delayMs) => new TightReset(transport, delayMs) },
    terminal: { clean: silence, write: silence, writeLine: silence },
  });
  await loader.connect('default_reset', limits.loaderAttempts);
  return {
    chip: loader.chip.CHIP_NAME,
    prepare: () => prepare(loader, port, way),
    write: (part, onProgress) => writePart(loader, part, onProgress),
    restart: () => restart(loader, port),
  };
}

/**
 * Opens a port, wakes the boot loader behind it, and works with it.
 * @param openSerial a test passes its own
 * @throws Failure
 */
export async function withBootLoader<T>(
  { path, limits, signal }: { path: string; limits: Limits; signal: AbortSignal },
  way: Way,
  work: (loader: BootLoader) => Promise<T>,
  openSerial?: typeof openPort,
): Promise<T> {
  const port = await createWebSerialPort(path, openSerial);
  const stop = () => void port.close();
  signal.addEventListener('abort', stop);
  try {
    return await work(await connect(port, way, limits));
  } catch (error) {
    throw meaningOf(error, port);
  } finally {
    signal.removeEventListener('abort', stop);
    await port.close();
  }
}
