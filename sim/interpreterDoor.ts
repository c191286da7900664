// The real Espruino interpreter for Linux behind a TCP door, with a flash file of its own: a board without the board.

import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

type Interpreter = ChildProcessByStdio<Writable, Readable, null>;

/**
 * Starts an interpreter. When it ends, as `E.reboot()` does there, it is started again on the same flash: that is its power cycle.
 * @param executable path of the interpreter
 */
export async function createInterpreterDoor(executable: string) {
  const directory = mkdtempSync(join(tmpdir(), 'espruino-'));
  const sockets = new Set<Socket>();
  const log: string[] = [];
  let isClosing = false;
  let running = start();

  function start(): Interpreter {
    const child = spawn(executable, [], { cwd: directory, stdio: ['pipe', 'pipe', 'ignore'] });
    child.stdin.on('error', () => {});
    child.stdout.on('data', (data: Buffer) => {
      log.push(data.toString('latin1'));
      for (const socket of sockets) socket.write(data);
    });
    child.once('exit', () => {
      if (!isClosing) running = start();
    });
    return child;
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (data) => running.stdin.write(data));
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const address = server.address();

  return {
    /** For `--port`. */
    address: `tcp://127.0.0.1:${typeof address === 'object' ? address?.port : address}`,
    /** Everything the interpreter has printed. */
    log: () => log.join(''),
    /** Power off and on again: the flash stays. */
    powerCycle(): void {
      running.kill('SIGKILL');
    },
    async close(): Promise<void> {
      isClosing = true;
      for (const socket of sockets) socket.destroy();
      running.kill('SIGKILL');
      await once(running, 'exit');
      await new Promise((resolve) => server.close(resolve));
      rmSync(directory, { recursive: true });
    },
  };
}
