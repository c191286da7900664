// A pseudo-terminal, and a serial port of the browser's kind on it.
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { SerialPort } from 'serialport';
import type { VirtualBoard } from '../../sim/board/board.ts';
import { until } from '../../tools/flash/until.ts';

const hasSocat = spawnSync('socat', ['-V']).error === undefined;

/** For tests that need a pseudo-terminal. */
export const NEEDS_SOCAT = { skip: !hasSocat && 'needs socat (Debian: apt install socat)', timeout: 60_000 };

/** Makes pseudo-terminals of these names, connected to each other, or the one to an address of socat's; gives their paths. */
async function connect(t: TestContext, names: string[], address?: string): Promise<string[]> {
  const directory = mkdtempSync(join(tmpdir(), 'tty-'));
  const paths = names.map((name) => join(directory, name));
  const ends = paths.map((path) => `pty,raw,echo=0,link=${path}`);
  const socat = spawn('socat', address === undefined ? ends : [...ends, address]);
  const ended = once(socat, 'exit');
  t.after(async () => {
    socat.kill();
    await ended;
    rmSync(directory, { recursive: true });
  });
  assert.ok(await until(() => paths.every((path) => existsSync(path)), 5_000), 'socat makes the terminal');
  return paths;
}

/** Two pseudo-terminals with a wire between them; gives their paths. */
export const wire = (t: TestContext) => connect(t, ['ttyBoard', 'ttyHost']) as Promise<[board: string, host: string]>;

/** A pseudo-terminal on the serial line of a virtual board; gives its path. */
export async function terminalOf(t: TestContext, { serialLine }: VirtualBoard): Promise<string> {
  const server = createServer((socket) => {
    const stop = serialLine.onBytes((bytes) => socket.write(Buffer.from(bytes, 'latin1')));
    socket.on('data', (bytes) => serialLine.send(bytes.toString('latin1')));
    socket.on('close', stop);
    socket.on('error', () => {});
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  t.after(() => server.close());
  const [path] = await connect(t, ['ttyHost'], `tcp:127.0.0.1:${(server.address() as AddressInfo).port}`);
  return path!;
}

/** Opens a path as browsers do (Web Serial). */
export async function openWebSerial(t: TestContext, path: string) {
  const port = new SerialPort({ path, baudRate: 115_200, autoOpen: false });
  await new Promise<void>((resolve, reject) => port.open((error) => (error ? reject(error) : resolve())));
  const close = (): Promise<void> => new Promise((done) => (port.isOpen ? port.close(() => done()) : done()));
  t.after(close);
  const readable = new ReadableStream<Uint8Array>({
    start: (controller) => void port.on('data', (bytes: Buffer) => controller.enqueue(new Uint8Array(bytes))),
  });
  const writable = new WritableStream<Uint8Array>({
    write: (bytes) => new Promise((resolve) => port.write(Buffer.from(bytes), () => resolve())),
  });
  return { readable, writable, close };
}
