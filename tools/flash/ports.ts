// Finds the serial ports of this computer, and those that look like an ESP32.

import { SerialPort } from 'serialport';
import { failure } from './exits.ts';

/** A serial port of this computer. */
export interface Port {
  path: string;
  /** USB vendor and product, four hex digits each; absent on ports that are not on USB. */
  vendorId?: string;
  productId?: string;
  manufacturer?: string;
}

/** USB chips of ESP32 boards; without `products`, all of the vendor. */
const USB_CHIPS: { vendor: string; products?: string[]; name: string }[] = [
  { vendor: '10c4', products: ['ea60'], name: 'CP210x' },
  { vendor: '1a86', products: ['7523', '55d4', '55d3'], name: 'CH340/CH910x' },
  { vendor: '0403', products: ['6001', '6010', '6015'], name: 'FTDI' },
  { vendor: '303a', name: 'Espressif' },
];

/** Gives the name of a USB chip that ESP32 boards use; undefined for others. */
export function usbChip({ vendorId = '', productId = '' }: Port): string | undefined {
  const vendor = vendorId.toLowerCase();
  const product = productId.toLowerCase();
  return USB_CHIPS.find((chip) => chip.vendor === vendor && (chip.products?.includes(product) ?? true))?.name;
}

/**
 * Lists the ports of this computer.
 * @throws Failure noSuchPort when the system cannot list them
 */
export async function listPorts(): Promise<Port[]> {
  try {
    return await SerialPort.list();
  } catch (error) {
    const why = (error as Error).message.includes('udevadm') ? 'udevadm is not installed' : (error as Error).message;
    throw failure('noSuchPort', `cannot look for boards (${why}): name the port, such as --port /dev/ttyUSB0`);
  }
}

const described = (port: Port): string => {
  const what = usbChip(port) ?? port.manufacturer;
  return what ? `${port.path} (${what})` : port.path;
};

/** Lists ports in words, boards first. */
export function portList(ports: Port[]): string {
  const boards = ports.filter(usbChip);
  const others = ports.filter((port) => !usbChip(port));
  const lines = [...boards.map((port) => `* ${described(port)}`), ...others.map((port) => `  ${described(port)}`)];
  return lines.length > 0 ? `${lines.join('\n')}\n* looks like an ESP32 board` : 'no serial ports';
}

/**
 * Chooses ports when none was named.
 * @param all use every port that looks like an ESP32; otherwise there must be exactly one
 * @throws Failure noSuchPort, with the ports listed
 */
export function choosePorts(ports: Port[], all: boolean): string[] {
  const boards = ports.filter(usbChip);
  if (boards.length === 1 || (all && boards.length > 0)) return boards.map(({ path }) => path);
  if (boards.length > 1)
    throw failure('noSuchPort', `${boards.length} boards: name one with --port, or use --all\n${portList(ports)}`);
  throw failure(
    'noSuchPort',
    `no port looks like an ESP32 board: plug it in, or name it with --port\n${portList(ports)}`,
  );
}
