// A serial port as the Web Serial API shows it, which is what esptool-js talks to.
//
// Source: https://wicg.github.io/serial/

import type { SerialPort } from 'serialport';
import { listPorts } from '../ports.ts';
import { openPort, pulse } from '../serialWire.ts';

/** The part of Web Serial's `SerialPort` that esptool-js uses, and what it has no word for. */
export interface WebSerialPort {
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  getInfo(): { usbVendorId?: number; usbProductId?: number };
  /**
   * Opens it. Its streams stay when it is closed, and fail: esptool-js takes a missing one for a write that has succeeded.
   * @throws Failure noSuchPort, portBusy or noPermission
   */
  open(options: { baudRate: number }): Promise<void>;
  close(): Promise<void>;
  /** Sets lines; the others stay as they are. A port without such lines ignores it. */
  setSignals(signals: { dataTerminalReady?: boolean; requestToSend?: boolean }): Promise<void>;
  /** Changes the speed of the open port. */
  setBaudRate(baudRate: number): Promise<void>;
  /** Resets the chip. */
  reset(): Promise<void>;
  /** Says why the line is gone; undefined while it is open. */
  goneBecause(): string | undefined;
}

/** A broken escape of SLIP: ends a read of esptool-js that waits for the rest of a packet, or for its beginning. */
const BROKEN_ESCAPE = Uint8Array.of(0xdb, 0x00);

const settled = (call: (done: (error?: Error | null) => void) => void): Promise<void> =>
  new Promise((resolve, reject) => call((error) => (error ? reject(error) : resolve())));

function readableOf(port: SerialPort): ReadableStream<Uint8Array> {
  let stop = () => {};
  return new ReadableStream({
    start(controller) {
      const onData = (bytes: Buffer) => controller.enqueue(Uint8Array.from(bytes));
      const onClose = () => {
        controller.enqueue(BROKEN_ESCAPE);
        controller.close();
      };
      port.on('data', onData);
      port.once('close', onClose);
      stop = () => void port.off('data', onData).off('close', onClose);
    },
    cancel: () => stop(),
  });
}

/** Writes of `serialport` wait for ever once the port is closed; these fail. */
function writableOf(port: SerialPort): WritableStream<Uint8Array> {
  const closed = new Promise<never>((_, reject) => port.once('close', () => reject(new Error('the port is closed'))));
  closed.catch(() => {});
  return new WritableStream({
    write: (bytes) => Promise.race([closed, settled((done) => port.write(Buffer.from(bytes), done))]),
  });
}

/** Gives the numbers of the USB chip, which tell esptool-js how to reset the board. */
async function usbInfo(path: string): Promise<{ usbVendorId?: number; usbProductId?: number }> {
  const ports = await listPorts().catch(() => []);
  const { vendorId, productId } = ports.find((port) => port.path === path) ?? {};
  if (!vendorId || !productId) return {};
  return { usbVendorId: Number.parseInt(vendorId, 16), usbProductId: Number.parseInt(productId, 16) };
}

/**
 * Creates a port, to be opened once.
 * @param openSerial a test passes its own
 */
export async function createWebSerialPort(path: string, openSerial = openPort): Promise<WebSerialPort> {
  const info = await usbInfo(path);
  const lines = { dtr: false, rts: false };
  let port: SerialPort | undefined;
  let readable: ReadableStream<Uint8Array> | null = null;
  let writable: WritableStream<Uint8Array> | null = null;
  let gone: string | undefined;
  let isClosed = false;

  async function open({ baudRate }: { baudRate: number }): Promise<void> {
    port = await openSerial(path, baudRate);
    port.on('error', () => {});
    port.once('close', () => {
      gone = isClosed ? 'the port was closed' : 'the board was unplugged';
    });
    readable = readableOf(port);
    writable = writableOf(port);
    if (isClosed) await close();
  }

  async function close(): Promise<void> {
    isClosed = true;
    if (port?.isOpen) await settled((done) => port?.close(done)).catch(() => {});
  }

  async function setSignals({ dataTerminalReady, requestToSend }: Parameters<WebSerialPort['setSignals']>[0]) {
    lines.dtr = dataTerminalReady ?? lines.dtr;
    lines.rts = requestToSend ?? lines.rts;
    await settled((done) => (port ? port.set(lines, () => done()) : done()));
  }

  return {
    get readable() {
      return readable;
    },
    get writable() {
      return writable;
    },
    getInfo: () => info,
    ...{ open, close, setSignals },
    setBaudRate: (baudRate) => settled((done) => (port ? port.update({ baudRate }, done) : done())),
    reset: async () => {
      if (port?.isOpen) await pulse(port);
    },
    goneBecause: () => gone,
  };
}
