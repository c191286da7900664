// The real Espruino interpreter for Linux on a TCP port, with a flash file of its own: what the flash tool takes for a board.

import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What an interpreter prints is kept for the tests, but not without end. */
const LOG_MAX_CHARS = 200_000;

/**
 * The interpreter's own console reads the standard input in a thread that races with the interpreter, and loses bytes.
 * So its console is moved, by a file that runs before the program, to a connection which the interpreter makes itself.
 */
const consoleOver = (port: number): string =>
  `(function(s){s.on("data",function(d){LoopbackB.write(d)});LoopbackB.on("data",function(d){s.write(d)});` +
  `LoopbackA.setConsole(true)})(require("net").connect({host:"127.0.0.1",port:${port}}))`;

const portOf = (server: Server): number => (server.address() as AddressInfo).port;

async function listening(onSocket: (socket: Socket) => void): Promise<Server> {
  const server = createServer({ noDelay: true }, onSocket);
  await once(server.listen(0, '127.0.0.1'), 'listening');
  return server;
}

/**
 * Starts an interpreter. When it ends, as `E.reboot()` makes it, it is started again on the same flash: its power cycle.
 * @param executable path of the interpreter
 */
export async function createInterpreterPort(executable: string) {
  const directory = mkdtempSync(join(tmpdir(), 'espruino-'));
  const hosts = new Set<Socket>();
  let chip: Socket | undefined;
  let log = '';
  let isClosing = false;

  const chipSide = await listening((socket) => {
    chip = socket;
    socket.on('error', () => {});
    socket.on('data', (data) => {
      log = (log + data.toString('latin1')).slice(-LOG_MAX_CHARS);
      for (const host of hosts) host.write(data);
    });
  });
  const hostSide = await listening((socket) => {
    hosts.add(socket);
    socket.on('error', () => {});
    socket.on('data', (data) => chip?.write(data));
    socket.on('close', () => hosts.delete(socket));
  });

  // Evaluated from RAM: functions of a file end when the file is erased.
  const boot = `eval(""+${JSON.stringify(consoleOver(portOf(chipSide)))})`;
  writeFileSync(join(directory, 'console.js'), `require("Storage").write(".boot0",${JSON.stringify(boot)})`);
  execFileSync(executable, ['console.js'], { cwd: directory, stdio: 'ignore' });

  function start(): ChildProcess {
    const child = spawn(executable, [], { cwd: directory, stdio: ['pipe', 'ignore', 'ignore'] });
    child.once('exit', () => {
      if (!isClosing) running = start();
    });
    return child;
  }
  let running = start();

  return {
    /** For `--port`. */
    address: `tcp://127.0.0.1:${portOf(hostSide)}`,
    /** The flash, byte by byte. */
    flash: () => readFileSync(join(directory, 'espruino.flash')),
    /** What the interpreter has printed lately, one char per byte. */
    log: () => log,
    /** Power off and on again: the flash stays. */
    powerCycle(): void {
      running.kill('SIGKILL');
    },
    async close(): Promise<void> {
      isClosing = true;
      running.kill('SIGKILL');
      await once(running, 'exit');
      for (const socket of [...hosts, ...(chip ? [chip] : [])]) socket.destroy();
      chipSide.close();
      hostSide.close();
      rmSync(directory, { recursive: true });
    },
  };
}
