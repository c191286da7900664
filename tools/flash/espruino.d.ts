// Types of what we use of the `espruino` package, which has none (0.1.67, core/serial.js).

/** The kind of packets that we send: evaluate an expression. */
export type PacketType = 'EVAL';

/** One connection's protocol: it splits what arrives into packets, acknowledgements and text. */
export interface EspruinoConnection {
  /** Longest string that `writeLowLevel` is given. */
  chunkSize: number;
  parsePackets: boolean;
  /** Provided by us: sends one char per byte. */
  writeLowLevel(data: string): Promise<void>;
  closeLowLevel(): void;
  openHandler(): void;
  closeHandler(): void;
  rxDataHandler(data: ArrayBuffer): void;
  on(event: 'data', listener: (text: string) => void): void;
  on(event: 'packet', listener: (type: number, data: string) => void): void;
  removeListener(event: 'packet', listener: (type: number, data: string) => void): void;
  write(data: string): Promise<void>;
  /** Resolves at the acknowledgement; rejects with a string when refused or after `timeout` ms (default 5000). */
  espruinoSendPacket(type: PacketType, data: string, options?: { timeout?: number }): Promise<void>;
  /** Sends a file to Storage; `progress` counts from 100 to 100 + the file's bytes. */
  espruinoSendFile(
    name: string,
    data: string,
    options?: { chunkSize?: number; progress?: (done: number, all: number) => void },
  ): Promise<void>;
}

/** The package's global object, as far as it concerns us. */
export interface EspruinoGlobal {
  Core: { Serial: { connection: { constructor: new () => EspruinoConnection } } };
}
