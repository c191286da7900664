// A board with a scripted interpreter behind a TCP door: what a flash tool meets, with every way to misbehave.

import { createServer, type Server, type Socket } from 'node:net';
import { createContext, runInContext } from 'node:vm';
import { crc32 } from 'node:zlib';
import { createScriptedConsole, type ConsoleFaults } from './scriptedConsole.ts';
import { createStorage } from './storage.ts';

/** Longer than a turn of the event loop, shorter than anyone waits. */
const RESTART_MS = 5;

/** How the board misbehaves; all optional, all changeable while it runs. */
export interface BoardFaults extends ConsoleFaults {
  /** Answers nothing at all. */
  isSilent?: boolean;
  /** Says this to whatever it receives, and nothing else. */
  says?: string;
  /** Ignores this many lines before it answers. */
  deafLines?: number;
  /** The line breaks after this many received bytes. */
  cutAfterBytes?: number;
  /** The board hangs after this many received bytes. */
  hangAfterBytes?: number;
  /** The power goes at this write to the flash, counted from 1; half of the write arrives. */
  powerCutAtWrite?: number;
  /** The flash forgets what is written to this file. */
  lostFile?: string;
  /** A chip with USB of its own: the port vanishes at a restart, and what is printed meanwhile is lost. */
  hasOwnUsb?: boolean;
}

/** What the board is. */
export interface ScriptedBoardOptions {
  board?: string;
  version?: string;
  /** Files that are there already; one char per byte. */
  files?: Record<string, string>;
  storageBytes?: number;
  faults?: BoardFaults;
}

/** A byte of flash that nothing was written to. */
const ERASED = '\xff';

/**
 * What the interpreter runs of a file.
 * @throws SyntaxError, as the interpreter does, when the file begins erased or with a comment that is not closed
 */
export function programIn(file: string): string {
  if (file.startsWith(ERASED)) throw new SyntaxError('Got [ERASED] expected EOF');
  if (!file.startsWith('/*')) return file;
  const end = file.indexOf('*/');
  if (end < 0) throw new SyntaxError('Got UNFINISHED COMMENT expected EOF');
  return file.slice(end + 2);
}

/** Creates a board, switched on. */
export function createScriptedBoard(options: ScriptedBoardOptions = {}) {
  const { board = 'ESP32', version = '2v27', storageBytes = 896 * 1024, files = {}, faults = {} } = options;
  const storage = createStorage({ sizeBytes: storageBytes, files });
  /** What each start of the program printed; the last one is the present. */
  const boots: string[][] = [];
  const sockets = new Set<Socket>();
  let received = 0;
  let writes = 0;
  let server: Server | undefined;

  function print(text: string): void {
    for (const socket of sockets) socket.write(Buffer.from(text, 'latin1'));
  }

  function printLine(text: string): void {
    boots[boots.length - 1]?.push(text);
    print(`${Buffer.from(text, 'utf8').toString('latin1')}\r\n`);
  }

  /** Every write to the flash comes through here. */
  function writeFile(name: string, data: string, offset = 0, size = 0): boolean {
    writes += 1;
    if (faults.lostFile === name) return true;
    if (writes !== faults.powerCutAtWrite) return storage.write(name, data, offset, size);
    // The chip writes whole words; what was not reached stays erased.
    const half = data.slice(0, Math.floor(data.length / 8) * 4);
    if (half !== '' || offset === 0) storage.write(name, half || ERASED, offset, size || data.length);
    cutLine();
    throw new Error('power cut');
  }

  const chipStorage = { ...storage, write: writeFile };

  const globals = {
    print: (...values: unknown[]) => printLine(values.join(' ')),
    require: (name: string) => {
      if (name === 'Storage') return chipStorage;
      throw new Error(`Module ${name} not found`);
    },
    process: { env: { BOARD: board, VERSION: version } },
    E: { CRC32: (data: string) => crc32(Buffer.from(data, 'latin1')), reboot: () => restart() },
    btoa: (data: string) => Buffer.from(data, 'latin1').toString('base64'),
    setTimeout: (callback: () => void) => void setTimeout(callback, RESTART_MS),
    reset: () => console.restart(),
    load: () => boot(),
  };
  let realm = createContext({ ...globals });

  const console = createScriptedConsole(
    {
      evaluate: (text) => runInContext(text, realm),
      writeFile,
      print,
    },
    faults,
  );

  /** The interpreter runs a program statement by statement: of a torn one it runs what is there. Ours have one a line. */
  function boot(): void {
    boots.push([]);
    realm = createContext({ ...globals });
    console.restart();
    try {
      for (const statement of programIn(storage.read('.bootcde') ?? '').split('\n')) runInContext(statement, realm);
    } catch (error) {
      printLine(`Uncaught ${String(error)}`);
    }
  }

  function cutLine(): void {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
  }

  function restart(): void {
    if (faults.hasOwnUsb) cutLine();
    boot();
    print('>');
  }

  function isDeaf(chars: string): boolean {
    if (faults.says !== undefined) print(faults.says);
    if (faults.isSilent || faults.says !== undefined) return true;
    if (!faults.deafLines) return false;
    faults.deafLines = Math.max(0, faults.deafLines - chars.split('\n').length + 1);
    return true;
  }

  function receive(chars: string): void {
    received += chars.length;
    if (faults.cutAfterBytes !== undefined && received > faults.cutAfterBytes) {
      console.feed(chars.slice(0, chars.length - (received - faults.cutAfterBytes)));
      return cutLine();
    }
    if (faults.hangAfterBytes !== undefined && received > faults.hangAfterBytes) return;
    if (!isDeaf(chars)) console.feed(chars);
  }

  function accept(socket: Socket): void {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('data', (data) => receive(data.toString('latin1')));
    socket.on('error', () => {});
    socket.on('close', () => sockets.delete(socket));
  }

  boot();
  return {
    storage,
    boots,
    /** Bytes received since the board was made. */
    received: () => received,
    /** Opens the door; resolves to its address for `--port`. */
    async listen(): Promise<string> {
      server = createServer(accept);
      await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
      const address = server.address();
      return `tcp://127.0.0.1:${typeof address === 'object' ? address?.port : address}`;
    },
    /** Prints as the running program would. */
    printLine,
    /** Power off and on again, with no fault left; returns what the program printed. */
    powerCycle(): string[] {
      for (const fault of Object.keys(faults) as (keyof BoardFaults)[]) delete faults[fault];
      cutLine();
      boot();
      return [...(boots[boots.length - 1] ?? [])];
    },
    async close(): Promise<void> {
      cutLine();
      await new Promise<void>((resolve) => (server ? server.close(() => resolve()) : resolve()));
    },
  };
}

/** A scripted board. */
export type ScriptedBoard = ReturnType<typeof createScriptedBoard>;
