// Opens a board's serial port, and explains why an operating system refuses it.

import { setTimeout as sleep } from 'node:timers/promises';
import { SerialPort } from 'serialport';
import { failure, type Failure } from './exits.ts';
import type { Wire, WireOptions } from './wire.ts';

/** Enough for the chip's reset input and the capacitor on it. */
const RESET_PULSE_MS = 150;

const REFUSALS: { says: RegExp; as: (path: string) => Failure }[] = [
  {
    says: /permission denied|operation not permitted/i,
    as: (path) =>
      failure('noPermission', `${path}: no permission; on Linux: sudo usermod -aG dialout $USER, then log in again`),
  },
  {
    says: /busy|cannot lock|access denied|temporarily unavailable/i,
    as: (path) => failure('portBusy', `${path} is in use: close the monitor, IDE or other program that has it open`),
  },
  {
    says: /no such file|file not found|cannot find|no such device/i,
    as: (path) => failure('noSuchPort', `${path}: no such port; plug the board in, and look with --list`),
  },
];

/** Turns the words of an operating system that refuses to open a port into a failure. */
export function serialRefusal(path: string, error: Error): Failure {
  const known = REFUSALS.find(({ says }) => says.test(error.message));
  const first = error.message.split('\n')[0] ?? '';
  return known ? known.as(path) : failure('noSuchPort', `${path} cannot be opened as a serial port (${first})`);
}

/**
 * Opens a port.
 * @throws Failure noSuchPort, portBusy or noPermission
 */
export function openPort(path: string, baud: number): Promise<SerialPort> {
  return new Promise((resolve, reject) => {
    const port = new SerialPort({ path, baudRate: baud, autoOpen: false });
    port.open((error) => (error ? reject(serialRefusal(path, error)) : resolve(port)));
  });
}

/** Resets the chip: on ESP32 boards RTS pulls EN low, and DTR leaves IO0 high. A port without such lines ignores it. */
export async function pulse(port: SerialPort): Promise<void> {
  const set = (lines: { dtr: boolean; rts: boolean }) =>
    new Promise<void>((resolve) => port.set(lines, () => resolve()));
  await set({ dtr: false, rts: true });
  await sleep(RESET_PULSE_MS);
  await set({ dtr: false, rts: false });
}

/** Opens a serial port, 8N1, without flow control. */
export async function openSerialWire(path: string, { baud }: WireOptions): Promise<Wire> {
  const port = await openPort(path, baud);
  let reason = 'the port was closed';
  port.on('error', (error) => (reason = `the port failed (${error.message.split('\n')[0]})`));
  const closed = new Promise<string>((resolve) => {
    port.once('close', (error: Error | null) => resolve(error ? 'the board was unplugged' : reason));
  });
  return {
    closed,
    write: (bytes) =>
      new Promise((resolve, reject) => port.write(Buffer.from(bytes), (error) => (error ? reject(error) : resolve()))),
    onData: (listener) => void port.on('data', listener),
    close: async () => {
      if (port.isOpen) port.close();
      await closed;
    },
    reset: () => pulse(port),
  };
}
