// esptool-js's way to the chip, made fit for a tool: quiet, with a bound for every wait, and with a reset that works.

import { setTimeout as sleep } from 'node:timers/promises';
import { ClassicReset, Transport } from 'esptool-js';
import type { WebSerialPort } from './webSerialPort.ts';

/** esptool-js's transport without its trace on the console, and with a bound for every wait. */
export class QuietTransport extends Transport {
  readonly #limitMs: number;

  constructor(port: WebSerialPort, limitMs: number) {
    super(port as unknown as ConstructorParameters<typeof Transport>[0]);
    this.#limitMs = limitMs;
  }

  override trace(): void {}

  override read(timeoutMs: number): Promise<Uint8Array> {
    return super.read(Math.min(timeoutMs, this.#limitMs));
  }
}

/** Holds the chip in reset; longer than the capacitor on EN needs. */
const RESET_MS = 100;

/**
 * Resets the chip into its boot loader: RTS pulls EN low, DTR pulls IO0 low, and both together pull nothing. esptool-js changes one line
 * after the other, and in between lets the chip go with IO0 high; here both change at once.
 */
export class TightReset extends ClassicReset {
  override async reset(): Promise<void> {
    const port = this.transport.device as unknown as WebSerialPort;
    await port.setSignals({ dataTerminalReady: false, requestToSend: true });
    await sleep(RESET_MS);
    await port.setSignals({ dataTerminalReady: true, requestToSend: false });
    await sleep(this.resetDelay);
    await port.setSignals({ dataTerminalReady: false, requestToSend: false });
  }
}
