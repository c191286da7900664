// The `espruino` package's packet protocol: one connection per board, without the package's globals and log.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createContext, runInContext } from 'node:vm';
import type { EspruinoConnection, EspruinoGlobal } from './espruino.d.ts';
import type { Wire } from './wire.ts';

/** Bytes written at once. */
const WRITE_BYTES = 1_024;

/**
 * Loads the package's protocol into a realm of its own. The package's own `init()` is no use for several boards: it holds a single
 * connection in a global, patches other globals, and prints every byte that it sends, passwords too.
 */
function loadConnection(): new () => EspruinoConnection {
  const file = createRequire(import.meta.url).resolve('espruino/core/serial.js');
  const silence = () => {};
  const realm = {
    Espruino: { Core: {} } as EspruinoGlobal,
    console: { log: silence, warn: silence, error: silence },
    // The package leaves timers behind when a line breaks: they must not keep the process alive.
    setTimeout: (callback: (...values: unknown[]) => void, ms: number, ...values: unknown[]) =>
      setTimeout(callback, ms, ...values).unref(),
    clearTimeout,
  };
  runInContext(readFileSync(file, 'utf8'), createContext(realm), { filename: file });
  return realm.Espruino.Core.Serial.connection.constructor;
}

let Connection: (new () => EspruinoConnection) | undefined;

/** Turns bytes into the package's strings, one char per byte. */
export const toChars = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1');

/** Puts the package's protocol on a wire. */
export function connectEspruino(wire: Wire): EspruinoConnection {
  Connection ??= loadConnection();
  const connection = new Connection();
  connection.chunkSize = WRITE_BYTES;
  connection.parsePackets = true;
  connection.writeLowLevel = (data) => wire.write(Buffer.from(data, 'latin1'));
  connection.closeLowLevel = () => void wire.close();
  wire.onData((bytes) => connection.rxDataHandler(new Uint8Array(bytes).buffer));
  void wire.closed.then(() => connection.closeHandler());
  connection.openHandler();
  return connection;
}
